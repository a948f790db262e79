"""Maps as positioned boxes and lines."""
