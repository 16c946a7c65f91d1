"""What predictions came to, and what the systems are worth. Nothing here feeds back into predictions."""
