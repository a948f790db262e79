"""What assistants may ask of this server, and where: the tools, and `/mcp`."""
