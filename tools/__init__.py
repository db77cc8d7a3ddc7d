"""Programs for those who work on the project, and the one that `make run` starts."""
