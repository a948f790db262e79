"""Two to four things side by side: facts, state, columns, lineage, queries."""
