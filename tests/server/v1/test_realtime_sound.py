"""The sound of a realtime session is where its seconds say, to the sample."""

from pathlib import Path

import pytest

from transcriber.audio.samples import BYTES_PER_SECOND
from transcriber.errors import StorageError
from transcriber.server.routes.v1.realtime.sound import KeptSound


@pytest.mark.parametrize("position", [0, 2, 6, 34, 22_222, 3 * BYTES_PER_SECOND + 58, 86_400 * BYTES_PER_SECOND - 2])
def test_what_comes_after_a_second_is_found_by_it(tmp_path: Path, position: int) -> None:
    """Also where the second is no whole number of samples as a float."""
    sound = KeptSound(tmp_path, position / BYTES_PER_SECOND)
    sound.add(bytes(range(100)))
    assert round(sound.start * BYTES_PER_SECOND) == position
    assert b"".join(sound.behind(position)) == bytes(range(100))
    rest = sound.after((position + 40) / BYTES_PER_SECOND)
    assert (rest.start, b"".join(rest.behind(position + 60))) == (
        (position + 40) / BYTES_PER_SECOND,
        bytes(range(60, 100)),
    )
    for kept in (sound, rest):
        kept.close()
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="the sound cannot be stored"):
        KeptSound(tmp_path / "gone", 0.0)
