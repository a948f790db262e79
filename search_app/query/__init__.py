"""Typed text and parameters as a Query. Pure: no engine, no web."""
