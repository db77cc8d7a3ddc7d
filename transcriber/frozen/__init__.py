"""What lies in the models folder, checked before it is trusted and read where it lies."""
