"""How a thing is addressed in the tools: as which name, at which host, in which place, by which URL."""
