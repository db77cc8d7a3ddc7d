"""A family of models as small as one can be: what anybody would add as a folder in transcriber/engines/."""
