"""The engine process, its client, and what passes between them."""
