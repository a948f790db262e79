"""Values that all stages share: records as upstream says them, items as they are joined."""
