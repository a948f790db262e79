"""How the installation stands, for people, operators and programs."""
