"""What is kept: recordings, their jobs and results, configurations."""
