"""Queries with choices: what can be chosen of a thing, and the text that a choice makes."""
