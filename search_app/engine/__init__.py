"""From a Query to Results."""
