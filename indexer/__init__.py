"""Starchart's crawl: from Mozilla's public sources to a searchable generation."""
