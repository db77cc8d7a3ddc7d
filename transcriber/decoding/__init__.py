"""What is laid over NeMo's decoders: a vocabulary, a language lock, the confidence of words. Needs NeMo."""
