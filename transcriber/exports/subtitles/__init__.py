"""Words → cues: labels of speakers, line breaks, times, and the limits that they keep to. shaping.py is the way in."""
