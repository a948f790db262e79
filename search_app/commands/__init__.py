"""The commands of `starchart`, each loaded only by the process that runs it (cli.py names them)."""
