"""Local transcription with frozen models. Importing this loads no torch, NeMo, gradio or huggingface_hub."""

__version__ = "0.1.0"
