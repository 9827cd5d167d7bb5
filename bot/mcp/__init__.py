"""MCP: tools of the streamer's own, from servers that speak the Model Context Protocol."""
