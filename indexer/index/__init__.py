"""The index: documents, posting lists, arrays and Whoosh's files, written and read in one place."""
