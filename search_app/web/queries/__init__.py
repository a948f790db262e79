"""Queries with choices as a page, JSON, a file or a notebook shows them."""
