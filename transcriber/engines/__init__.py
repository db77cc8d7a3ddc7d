"""Models behind one protocol: a family is one folder, whose `engine.py` says in TYPE what it is and how it is run."""
