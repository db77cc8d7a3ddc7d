"""People told apart by the published networks: real readers who take turns."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.support.places import RATE
from transcriber.audio.recording import Recording
from transcriber.engines.pyannet_campplus.diarizer import WindowDiarizer, restore
from transcriber.speaker_count import SpeakerCount
from transcriber.speakers import voices
from transcriber.speakers.protocol import Activity, Voices
from transcriber.speakers.remembered import RememberedVoices

TURN_SECONDS, PAUSE_SECONDS = 3.9, 0.5
READERS = {
    "1089": ("librispeech-test-clean/1089-134686-0000.flac",),
    "1221": ("librispeech-test-clean/1221-135766-0001.wav",),
    "1995": ("librispeech-test-clean/1995-1837-0001.wav",),
    "61": ("librispeech-test-clean/61-70968-0000.flac", "librispeech-test-clean/61-70968-0002.wav"),
    "jfk": ("librispeech-test-clean/jfk.flac",),
    "7367": ("long/7367-86737.mp3",),
    **{language: (f"fleurs-5lang/fleurs-{language}-000.ogg",) for language in ("en", "de", "es", "fr", "pt")},
}


@pytest.fixture(scope="module")
def turn(shared_data: Path) -> Callable[[str, int], np.ndarray]:
    """The samples of a reader's turn, by its number from 0: TURN_SECONDS."""
    sounds: dict[str, np.ndarray] = {}

    def samples(reader: str, number: int) -> np.ndarray:
        if reader not in sounds:
            blocks = []
            for name in READERS[reader]:
                with Recording(shared_data / name) as recording:
                    blocks += list(recording.blocks(0.0, 4 * TURN_SECONDS))
            sound = np.concatenate(blocks)
            sound = sound[(np.abs(sound) > 0.2 * np.abs(sound).max()).argmax() :]  # some wait before they read
            sounds[reader] = 0.1 * sound / np.sqrt((sound**2).mean())
        length = int(TURN_SECONDS * RATE)
        said = sounds[reader][number * length : (number + 1) * length]
        return np.pad(said, (0, length - len(said)))

    return samples


@pytest.fixture(scope="module")
def kept(real_models: Path, turn: Callable[[str, int], np.ndarray]) -> dict[str, bytes]:
    """What is kept of recordings: all readers who speak twice, one reader alone, nobody."""
    diarizer = WindowDiarizer(restore(real_models / "speakers.nemo", "cpu"), "cpu")
    pause = np.zeros(int(PAUSE_SECONDS * RATE), np.float32)

    def heard(*readers: tuple[str, int]) -> bytes:
        listener = diarizer.listener()
        noise = np.random.default_rng(0).normal(size=int((len(readers) + 1) * 5 * RATE)).astype(np.float32) * 3e-4
        for reader, number in readers:
            listener.hear(np.concatenate([turn(reader, number), pause]) + noise[: int(4.4 * RATE)])
        if not readers:
            listener.hear(noise)
        listener.finish()
        listener.close()
        return listener.take()

    return {
        "eleven": heard(*((reader, number) for number in (0, 1) for reader in READERS)),
        "one": heard(("7367", 0), ("7367", 1), ("7367", 2)),
        "nobody": heard(),
    }


def speakers(activity: Activity, turns: int) -> list[int]:
    """Who speaks longest in each turn."""
    begins = [number * (TURN_SECONDS + PAUSE_SECONDS) for number in range(turns)]
    frames = [
        [round((second - activity.first_seconds) / activity.frame_seconds) for second in (begin, begin + TURN_SECONDS)]
        for begin in begins
    ]
    return [int(activity.active[max(begin, 0) : end].sum(0).argmax()) for begin, end in frames]


def test_eleven_people(kept: dict[str, bytes]) -> None:
    activity = voices.read(kept["eleven"]).people()
    assert activity.active.shape[1] == 11
    who = speakers(activity, 22)
    assert sorted(who[:11]) == list(range(11)) and who[11:] == who[:11]
    assert ((activity.quality > 0.3) & (activity.quality < 1)).all()


def test_one_person(kept: dict[str, bytes]) -> None:
    alone = voices.read(kept["one"])
    assert alone.people().active.shape[1] == 1
    assert alone.people(SpeakerCount(2, 2)).active.shape[1] == 2
    assert alone.people(SpeakerCount(2, 2)).quality.max() < alone.people().quality[0]


def test_nobody(kept: dict[str, bytes]) -> None:
    activity = voices.read(kept["nobody"]).people()
    assert activity.active.shape[1] == 0 and (activity.exclusive == -1).all()


def test_a_reader_is_known_again_in_another_recording(kept: dict[str, bytes], tmp_path: Path) -> None:
    one, eleven = voices.read(kept["one"]), voices.read(kept["eleven"])
    remembered = RememberedVoices(tmp_path / "remembered-voices.json")
    remembered.turn_on()
    who = dict(zip(READERS, speakers(eleven.people(), 11)))
    remembered.remember("7367", vector(one, 0), 12)
    remembered.remember("1089", vector(eleven, who["1089"]), 8)
    assert remembered.suggest(one.people().centres) == ["7367"]
    suggested = remembered.suggest(eleven.people().centres)
    assert {reader: suggested[person] for reader, person in who.items() if suggested[person]} == {
        "1089": "1089",
        "7367": "7367",
    }


def vector(heard: Voices, person: int) -> np.ndarray:
    centres = heard.people().centres
    assert centres is not None
    return centres[person]
