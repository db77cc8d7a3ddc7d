"""What lies in the models folder, read where it lies."""
