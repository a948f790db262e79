"""The page of one thing and its JSON."""
