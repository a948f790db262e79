"""The results page and its JSON."""
