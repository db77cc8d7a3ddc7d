"""Finding recordings by their titles and by the words of the transcripts that are shown.

tokens.py cuts a text into the tokens that are compared; index.py keeps those of all recordings in SQLite's FTS5, and
refreshes them when something changed; query.py reads what a user asks for; hits.py finds its places in one text.
"""
