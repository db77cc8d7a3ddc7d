"""Times for words that came without."""
