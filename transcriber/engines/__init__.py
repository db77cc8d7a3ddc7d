"""Models behind one protocol: a family is one folder, whose files.py knows its files and whose engine.py runs them."""
