"""Which models there can be, which are frozen, and what they and this computer can do."""
