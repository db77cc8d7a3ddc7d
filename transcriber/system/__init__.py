"""What the operating system is asked for: folders, files, processes, the network. Imports nothing of the rest."""
