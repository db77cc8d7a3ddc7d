"""Parakeet and Canary, through NVIDIA NeMo."""
