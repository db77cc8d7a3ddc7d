"""Voices through a telephone, without what the telephone adds to each of them.

A telephone carries 300 to 3400 Hz. What is missing is missing of everybody, so CAM++ hears all voices in a telephone
moved in one direction: strangers have a cosine likeness of 0.42 instead of 0.10, and four people became two. The move
is the mean over people of whom none speaks in the benchmarks' conversations (`python -m benchmarks.telephone_voice`).
Voices that lie in its direction are moved back; what was moved back once stays where it is.
"""

import base64

import numpy as np

from transcriber.speakers.people import SAME_PERSON_DISTANCE

SCALE = 1 / 1024
_OFFSET = """\
wBQR4Mz82fnq/a/+FdHs/fgVQhBXLC5CE/Lu5DdEA/jqs+solcxK1z8l0RAFFsUmGPUCQ/v19D0n6/azFtkb5PX6sugCHAcSAPGp
UwYD1OruMu8C1PJ5EKO/tir/EfEOGwXI7vOs8AE86P4KswrwzBnb9ug9EgLTtcjSzt35LdX6FfY7F/TjCO2r1Pf69DVu/7QaF+0G
wMX31rgH4/bKBjkjPkgMJ9z9DjMolP38MS8AceEp+APJTv0mDyAjAv9i"""
DIRECT_LIKENESS, TELEPHONE_LIKENESS = 0.2, 0.4
"""Likeness to the move of voices that are direct, at most, and through a telephone, at least: of the people measured
99 of 100 have less than 0.23, and more than 0.42."""
TELEPHONE_DISTANCE = 0.42
"""Mean cosine distance up to which two groups of voices through a telephone are one person: even moved back, men differ
less from men. In six of seven mixtures of one to six readers the count is right from 0.40 to 0.42; of six 8 are found,
and 6 only from 0.45 on, where of four there are 3."""


def telephone_ratio(vectors: np.ndarray) -> np.ndarray:
    """How surely each of the voices [voices, vector size] of length 1 comes through a telephone, 0 to 1 [voices]."""
    likeness = vectors @ (OFFSET / np.linalg.norm(OFFSET))
    return ((likeness - DIRECT_LIKENESS) / (TELEPHONE_LIKENESS - DIRECT_LIKENESS)).clip(0, 1)


def same_person_distance(vectors: np.ndarray, seconds: np.ndarray) -> float:
    """Up to which distance groups of a recording's voices [voices, vector size] are one person, once they are moved
    back; `seconds` [voices]: how long each is heard."""
    ratio = np.average(telephone_ratio(vectors), weights=seconds + 1e-6) if len(vectors) else 0.0
    return float(SAME_PERSON_DISTANCE + ratio * (TELEPHONE_DISTANCE - SAME_PERSON_DISTANCE))


def without_telephone(vectors: np.ndarray) -> np.ndarray:
    """The voices [voices, vector size] of length 1 as if all were direct."""
    moved = vectors - telephone_ratio(vectors)[:, None] * OFFSET
    return (moved / np.linalg.norm(moved, axis=1, keepdims=True).clip(1e-6)).astype(np.float32)


OFFSET = SCALE * np.frombuffer(base64.b64decode(_OFFSET), np.int8).astype(np.float32)
"""[vector size]"""
