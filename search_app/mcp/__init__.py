"""The Model Context Protocol: how assistants ask. Messages and streams; what a tool does is elsewhere."""
