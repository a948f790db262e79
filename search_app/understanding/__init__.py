"""What the words of a query are taken to mean. Pure: what exists is passed in."""
