"""What providers answered, verbatim. Asking and reading back belong here; what a body means does not."""
