"""Words → cues: where text may be broken, how long it stands, and the limits it keeps to."""
