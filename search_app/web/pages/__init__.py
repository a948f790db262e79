"""The addresses that give pages: of search and things, of queries with choices, of comparisons."""
