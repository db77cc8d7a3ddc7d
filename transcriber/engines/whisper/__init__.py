"""OpenAI's Whisper, decoded in batches by our own decoder."""
