"""The bench: what the engine costs beside its peers, measured in one run. Needs requirements/bench.txt."""
