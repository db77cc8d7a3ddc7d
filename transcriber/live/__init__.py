"""Words while they are spoken."""
