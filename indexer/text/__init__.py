"""How text becomes terms, and what is made of the words: completions and spelling."""
