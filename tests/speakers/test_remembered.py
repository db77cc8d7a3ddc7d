import json
import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from filelock import FileLock

from tests.support.conversations import voice
from transcriber.errors import StorageError, UnsupportedOptionError
from transcriber.speakers.remembered import RememberedVoices


@pytest.fixture
def remembered(tmp_path) -> RememberedVoices:
    voices = RememberedVoices(tmp_path / "data" / "remembered-voices.json")
    voices.turn_on()
    return voices


def test_nothing_is_kept_unless_it_was_turned_on(tmp_path):
    off = RememberedVoices(tmp_path / "remembered-voices.json")
    assert not off.is_on and off.names() == [] and off.suggest(voice(0)[None]) == [""]
    with pytest.raises(UnsupportedOptionError, match="--remember-voices on"):
        off.remember("Anna", voice(0), 10)
    assert not off.path.exists()


def test_a_voice_is_suggested_in_the_next_recording(remembered):
    remembered.remember("Anna", voice(0), 60)
    remembered.remember("Bob", voice(1), 60)
    again = RememberedVoices(remembered.path)
    assert again.names() == ["Anna", "Bob"]
    assert again.suggest(np.stack([voice(2), voice(1)])) == ["", "Bob"]


def test_a_voice_is_the_mean_of_its_recordings_by_seconds(remembered):
    remembered.remember("Anna", voice(0), 30)
    remembered.remember("Anna", voice(1), 10)
    (anna,) = remembered.voices()
    assert (anna.seconds, len(anna.heard)) == (40, 2)
    mean = 0.75 * voice(0) + 0.25 * voice(1)
    assert np.allclose(anna.vector, mean / np.linalg.norm(mean), atol=1e-4)


def test_people_are_forgotten(remembered):
    for person, name in enumerate(["Anna", "Bob", "Carla"]):
        remembered.remember(name, voice(person), 30)
    remembered.forget("Bob")
    assert remembered.names() == ["Anna", "Carla"] and remembered.suggest(voice(1)[None]) == [""]
    with pytest.raises(UnsupportedOptionError, match="Anna, Carla"):
        remembered.forget("Bob")
    assert b"Bob" not in remembered.path.read_bytes()
    remembered.forget_all()
    assert remembered.names() == [] and remembered.is_on
    remembered.turn_off()
    assert not remembered.path.exists()


def test_turning_it_on_again_forgets_nobody(remembered):
    remembered.remember("Anna", voice(0), 30)
    remembered.turn_on()
    assert remembered.names() == ["Anna"]


@pytest.mark.skipif(os.name == "nt", reason="permissions are POSIX's")
def test_nobody_else_may_read_it(remembered):
    remembered.remember("Anna", voice(0), 30)
    assert remembered.path.stat().st_mode & 0o777 == 0o600
    assert remembered.path.parent.stat().st_mode & 0o777 == 0o700


def with_heard(text: str, **changed: object) -> str:
    """The file with something else about the first person's voice in a recording."""
    content = json.loads(text)
    content["voices"][0]["heard"][0] |= changed
    return json.dumps(content)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:-20],
        lambda text: "",
        lambda text: text.replace('"format": 1', '"format": 2'),
        lambda text: text.replace('"voices"', '"people"'),
        lambda text: with_heard(text, vector=[1.0]),
        lambda text: with_heard(text, vector=[0.0] * 192),
        lambda text: with_heard(text, seconds=float("inf")),
        lambda text: "[" * 100_000,
    ],
)
def test_a_damaged_file_is_said_and_stays_as_it_is(remembered, damage):
    remembered.remember("Anna", voice(0), 30)
    damaged = damage(remembered.path.read_text(encoding="utf-8"))
    remembered.path.write_text(damaged, encoding="utf-8")
    for use in (remembered.names, lambda: remembered.remember("Bob", voice(1), 9), lambda: remembered.forget("Anna")):
        with pytest.raises(StorageError, match="damaged"):
            use()
    assert remembered.path.read_text(encoding="utf-8") == damaged
    remembered.turn_off()
    assert not remembered.is_on


def test_several_programs_remember_at_once(remembered):
    with ThreadPoolExecutor(8) as pool:
        list(
            pool.map(
                lambda person: RememberedVoices(remembered.path).remember(f"{person:02}", voice(person), 5), range(24)
            )
        )
    assert remembered.names() == [f"{person:02}" for person in range(24)]


def test_names_of_every_script(remembered):
    remembered.remember("Zoë “Z” 山田", voice(0), 30)
    assert remembered.suggest(voice(0)[None]) == ["Zoë “Z” 山田"]


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match="cannot be used"):
        RememberedVoices(tmp_path / "file" / "remembered-voices.json").turn_on()


def test_a_recording_counts_once_and_names_that_were_exchanged_are_put_right(remembered):
    for first, second in ((0, 1), (1, 0), (1, 0)):
        remembered.remember("Anna", voice(first), 30, "a" * 64)
        remembered.remember("Bob", voice(second), 20, "a" * 64)
    anna, bob = remembered.voices()
    assert (anna.seconds, len(anna.heard), bob.seconds) == (30, 1, 20)
    assert remembered.suggest(np.stack([voice(0), voice(1)])) == ["Bob", "Anna"]
    remembered.remember("Anna", voice(1), 5, "b" * 64)
    remembered.forget_in("a" * 64, "Anna")
    remembered.forget_in("a" * 64, "Bob")
    assert [(each.name, each.seconds) for each in remembered.voices()] == [("Anna", 5)]


def test_another_program_is_not_waited_for_without_end(remembered, monkeypatch):
    monkeypatch.setattr("transcriber.speakers.remembered.LOCK_SECONDS", 0.1)
    with FileLock(remembered.path.with_suffix(".lock")), pytest.raises(StorageError, match="another program"):
        remembered.remember("Anna", voice(0), 30)
