"""The page: the only part of the program that knows Gradio."""
