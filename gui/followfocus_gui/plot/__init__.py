"""The curve of the pull, drawn."""
