"""Canary-Qwen: NeMo's speech language model (SALM)."""
