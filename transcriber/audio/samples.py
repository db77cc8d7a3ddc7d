"""Sound as the models take it: mono, float32, 16 kHz."""

import numpy as np

SAMPLE_RATE = 16_000
NOTHING = np.zeros(0, np.float32)
