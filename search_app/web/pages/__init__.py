"""The addresses that give pages, a module for each thing that a reader asks for.

All but queries with choices (sql.py) and comparisons add theirs to one blueprint when they are imported here.
"""

from search_app.web.pages import about, item, maps, mine, search

__all__ = ["about", "item", "maps", "mine", "search"]
