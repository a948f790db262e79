"""Starchart's search: from a typed query to a page, a JSON answer or a redirect."""
