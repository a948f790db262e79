"""Pages, JSON and redirects over the engine."""
