"""What a person at a terminal sees and types: results in colours, and completion in three shells."""
