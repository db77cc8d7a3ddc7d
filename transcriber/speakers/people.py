"""How many people there are in a recording, and their voices: agglomerative clustering of pieces of voices.

Average linkage by cosine distance, cut at a height that was measured on mixtures of two to eleven readers, in which the
count is right from 0.50 to 0.65. Pieces too short for a sure vector found nobody.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

from transcriber.speaker_count import SpeakerCount
from transcriber.speakers.windows import FRAME_SECONDS, LOCALS, WindowVoices

FOUNDING_SECONDS = 2.0
"""Speech alone from which a piece may found a person."""
SAME_PERSON_DISTANCE = 0.55
"""Mean cosine distance up to which two groups of pieces are one person."""
LEAST_SECONDS = 4.0
"""Speech that makes a person, or in a short recording RARE_RATIO of all speech."""
RARE_RATIO = 0.02
"""Share of all speech below which a group may also be pieces in which two people speak …"""
MIXED_LIKENESS = 0.4
"""… which is at least so much like one of the two."""
UTTERANCE_SECONDS = 5.3
"""Up to which pieces of a local speaker in a window are taken together, since people are founded more surely so …"""
UTTERANCE_LIKENESS = 0.3
"""… unless they are less alike: then they are of two people."""
BLOCK_PIECES = 2000
"""That are compared each with each; more are grouped in blocks first."""
HEIGHTS = np.arange(0.02, 1.5, 0.01)
"""At which the tree is cut to find a given number."""
LENIENCE = (1.0, 0.25, 0.0)
"""Parts of LEAST_SECONDS that make a person where a number is given, in the order in which they are tried."""


@dataclass(frozen=True)
class _Groups:
    """Pieces or groups of them, each with the voice and the seconds of speech."""

    vectors: np.ndarray
    """[groups, vector size] of length 1."""
    seconds: np.ndarray
    """[groups]"""

    def __len__(self) -> int:
        return len(self.vectors)

    def merged(self, group: np.ndarray, count: int = 0) -> "_Groups":
        """Those of the same number in `group` [groups] as one; `count`: numbers that there are at least."""
        total = max(count, int(group.max(initial=-1)) + 1)
        sums = np.zeros((total, self.vectors.shape[1]))
        np.add.at(sums, group, self.vectors * self.seconds[:, None])
        lengths = np.linalg.norm(sums, axis=1, keepdims=True).clip(1e-9)
        return _Groups((sums / lengths).astype(np.float32), np.bincount(group, self.seconds, total))

    def of(self, chosen: np.ndarray | slice) -> "_Groups":
        return _Groups(self.vectors[chosen], self.seconds[chosen])


def utterances(windows: WindowVoices) -> tuple[np.ndarray, np.ndarray]:
    """Voices [utterances, vector size] of length 1 for find_people(), and the seconds [utterances] of each said alone.

    What a local speaker of a window says, in several pieces or in one.
    """
    pieces, seconds = windows.pieces, np.maximum(windows.pieces["alone"], FRAME_SECONDS)
    speaker, weighted = pieces["window"].astype(int) * LOCALS + pieces["local"], windows.vectors * seconds[:, None]
    begins: list[int] = []
    for index in range(len(pieces)):
        if begins and speaker[index] == speaker[index - 1]:
            begun = weighted[begins[-1] : index].sum(0)
            likeness = begun @ windows.vectors[index] / np.linalg.norm(begun)
            if seconds[begins[-1] : index + 1].sum() <= UTTERANCE_SECONDS and likeness > UTTERANCE_LIKENESS:
                continue
        begins.append(index)
    sums = np.add.reduceat(weighted, begins) if begins else weighted
    alone = np.add.reduceat(pieces["alone"], begins) if begins else pieces["alone"]
    return sums / np.linalg.norm(sums, axis=1, keepdims=True).clip(1e-9), alone


def find_people(
    vectors: np.ndarray,
    alone: np.ndarray,
    cover: float,
    count: SpeakerCount,
    distance: float = SAME_PERSON_DISTANCE,
) -> np.ndarray:
    """The voices [people, vector size] of the people of a recording, in no order.

    `vectors` [pieces, vector size] of length 1; `alone` [pieces]: seconds in which nobody else speaks; `cover`: pieces
    in which a moment lies on average. So many people as `count` says, where the pieces are of so many. Groups no
    further apart than `distance` are one person.
    """
    founding = alone >= FOUNDING_SECONDS
    if count.least > founding.sum():
        founding = np.ones(len(alone), bool)  # better of unsure voices than too few
    elif not founding.any():
        founding = alone >= 0
    pieces = _Groups(vectors[founding], np.maximum(alone[founding], 1e-3) / cover)
    groups = _in_blocks(pieces, distance)
    if len(groups) < 2:
        return groups.vectors
    found = _choose(groups, count, distance)
    nearest = (groups.vectors @ found.vectors.T).argmax(1)
    return groups.merged(nearest, len(found)).vectors


def halves(vectors: np.ndarray, alone: np.ndarray) -> np.ndarray:
    """The voices [2, vector size] of one person's pieces as those of two people; [1, …] where there is one piece."""
    return find_people(vectors, alone, 1.0, SpeakerCount(2, 2))


def _in_blocks(groups: _Groups, distance: float) -> _Groups:
    """So few that each can be compared with each: groups that are surely one person, at half the usual distance."""
    while len(groups) > BLOCK_PIECES:
        blocks = [groups.of(slice(at, at + BLOCK_PIECES)) for at in range(0, len(groups), BLOCK_PIECES)]
        merged = [block.merged(_cut(_tree(block), distance / 2)) if len(block) > 1 else block for block in blocks]
        fewer = _Groups(*(np.concatenate(arrays) for arrays in zip(*((part.vectors, part.seconds) for part in merged))))
        if len(fewer) == len(groups):  # each is a person of its own
            break
        groups = fewer
    return groups


def _tree(groups: _Groups) -> np.ndarray:
    return linkage(groups.vectors.astype(np.float64), "average", "cosine")


def _cut(tree: np.ndarray, height: float) -> np.ndarray:
    return fcluster(tree, height, "distance") - 1


def _choose(groups: _Groups, count: SpeakerCount, distance: float) -> _Groups:
    """The people as the usual height has them, or where these are too few or too many, at the height nearest to it."""
    tree = _tree(groups)
    best = _people(groups, _cut(tree, distance))
    wanted = min(max(len(best), count.least), count.most or len(groups))
    cuts: dict[int, np.ndarray] = {}
    for height in sorted(HEIGHTS, key=lambda height: abs(height - distance)) if len(best) != wanted else ():
        number = _cut(tree, height)
        cuts.setdefault(int(number.max()), number)  # so many groups are the same ones at each height
    for lenience, number in product(LENIENCE, cuts.values()):
        if len(best) == wanted:
            break
        best = min(best, _people(groups, number, lenience), key=lambda found: abs(len(found) - wanted))
    return best


def _people(groups: _Groups, number: np.ndarray, lenience: float = 1.0) -> _Groups:
    """The merged groups that say enough to be somebody; a rare one must not be like a larger one."""
    merged = groups.merged(number)
    merged = merged.of(np.argsort(-merged.seconds, kind="stable"))
    total = merged.seconds.sum()
    merged = merged.of(merged.seconds >= lenience * min(LEAST_SECONDS, RARE_RATIO * total))
    likeness = np.tril(merged.vectors @ merged.vectors.T, -1).max(1, initial=0.0)
    is_rare = merged.seconds < RARE_RATIO * total
    return merged.of(~is_rare | (likeness < MIXED_LIKENESS) | (lenience < 1))
