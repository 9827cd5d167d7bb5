"""Who talks: a model on Ollama, or a small one in the box."""
