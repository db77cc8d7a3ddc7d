"""One recording's way from its file to its transcript."""
