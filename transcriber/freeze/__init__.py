"""Setting models up, once: locate, download, check, freeze, prove, record. The only part that uses the network.

setup_run.py is a model's way from its row in the catalogue to its manifest; hub.py alone imports huggingface_hub.
"""
