"""Completions and spelling: made with a generation, read at each keystroke."""
