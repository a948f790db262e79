"""Kinds of wrong statements, counted over a whole generation against what upstream itself says.

Nothing here uses the catalogue's own logic: upstream's files are read again, plainly, and the
generation's store, JSON and pages are taken as a reader gets them.
"""
