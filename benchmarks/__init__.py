"""Measurements that can be repeated: each a program of its own, its figures in README.md."""
