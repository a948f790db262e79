"""Processes, locks and progress: what runs where, and how far it is."""
