"""Any recording becomes 16 kHz mono, and what is none gets a sentence."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.conftest import RATE, write_media
from transcriber.audio import BLOCK_SECONDS, Recording
from transcriber.errors import AudioDecodeError, AudioEmptyError, AudioNotFoundError


def read(path: Path) -> np.ndarray:
    with Recording(path) as recording:
        return np.concatenate(list(recording.blocks()))


def tone(seconds: float, rate: int = RATE) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * 440 * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


def likeness(a: np.ndarray, b: np.ndarray) -> float:
    """Correlation at the best of small shifts: lossy codecs delay."""
    a, b = a[4000:20_000], b[: len(b)]
    return max(
        float(np.corrcoef(a, b[4000 + shift : 4000 + shift + len(a)])[0, 1])
        for shift in range(-3000, 3000, 1)
        if 4000 + shift + len(a) <= len(b)
    )


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.wav", "pcm_s16le"),
        ("a.mp3", "libmp3lame"),
        ("a.m4a", "aac"),
        ("a.flac", "flac"),
        ("a.opus", "libopus"),
        ("a.ogg", "flac"),
        ("a.mkv", "aac"),
        ("a.webm", "libopus"),
        ("a.mov", "pcm_s24le"),
        ("a.aiff", "pcm_s16be"),
        ("a.avi", "pcm_s16le"),
        ("a.ts", "aac"),
        ("a.caf", "pcm_s16le"),
    ],
)
def test_common_formats(tmp_path: Path, sample_audio: np.ndarray, name: str, codec: str) -> None:
    speech = sample_audio[: 3 * RATE]
    path = write_media(tmp_path / name, speech, codec, rate=48_000, channels=2)
    decoded = read(path)
    assert decoded.dtype == np.float32
    assert abs(len(decoded) - len(speech)) < 0.1 * RATE
    assert likeness(speech, decoded) > 0.95


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000, 96_000, 192_000])
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_rates_and_channels(tmp_path: Path, rate: int, channels: int) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, np.repeat(tone(2, rate)[:, None], channels, 1), rate)
    decoded = read(path)
    assert len(decoded) == pytest.approx(2 * RATE, abs=2)
    middle = slice(RATE // 2, 3 * RATE // 2)
    assert np.abs(decoded[middle] - tone(2)[middle]).max() < 0.01


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
def test_sample_formats(tmp_path: Path, subtype: str) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, tone(1), RATE, subtype=subtype)
    assert np.abs(read(path) - tone(1)).max() < 0.01


def test_the_wrong_ending_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "talk.mp3"
    soundfile.write(path.with_suffix(".wav"), tone(1), RATE)
    path.with_suffix(".wav").rename(path)
    assert len(read(path)) == RATE


@pytest.mark.parametrize(
    "name", ["with space.wav", "Übung – ☕.wav", "-dash.wav", "quote'\".wav", "a:b.wav", "100%.wav"]
)
def test_odd_names(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    soundfile.write(tmp_path / "plain.wav", tone(0.5), RATE)
    (tmp_path / "plain.wav").rename(tmp_path / name)
    assert len(read(Path(name))) == RATE // 2


def test_blocks_have_a_bound_and_a_duration_is_known(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.tile(tone(1), 100), RATE)
    with Recording(tmp_path / "a.wav") as recording:
        assert recording.duration == pytest.approx(100)
        lengths = [len(block) for block in recording.blocks()]
    assert sum(lengths) == 100 * RATE
    assert max(lengths) <= (BLOCK_SECONDS + 2) * RATE


def test_a_cut_off_recording_is_read_as_far_as_it_goes(tmp_path: Path, sample_audio: np.ndarray) -> None:
    path = write_media(tmp_path / "a.mp3", sample_audio, "libmp3lame")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert 0.3 * len(sample_audio) < len(read(path)) < 0.7 * len(sample_audio)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", AudioEmptyError),
        (b"Dear diary, nothing was said today." * 50, AudioDecodeError),
        (b"\0" * 5000, AudioDecodeError),
        (b"RIFF\xff\xff\xff\xffWAVEfmt ", AudioDecodeError),
    ],
)
def test_what_is_no_recording(tmp_path: Path, content: bytes, error: type[Exception]) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(error):
        read(path)


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(AudioNotFoundError, match="no such file"):
        read(tmp_path / "gone.wav")
    with pytest.raises(AudioNotFoundError, match="folder"):
        read(tmp_path)


def test_a_wav_without_samples(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(0, np.float32), RATE)
    with pytest.raises(AudioEmptyError):
        read(tmp_path / "a.wav")


@pytest.mark.parametrize(
    "playlist",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{target}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{target}'\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n",
    ],
)
def test_a_playlist_opens_no_other_file(tmp_path: Path, playlist: str) -> None:
    write_media(tmp_path / "secret.ts", tone(2), "aac")
    path = tmp_path / "list.m3u8"
    path.write_text(playlist.format(target=tmp_path / "secret.ts"))
    with pytest.raises(AudioDecodeError):
        read(path)


def test_real_recordings_in_many_formats(shared_data: Path) -> None:
    reference = read(shared_data / "formats" / "p001.wav")
    for path in sorted((shared_data / "formats").glob("p001.*")):
        if path.suffix != ".empty":
            assert len(read(path)) == pytest.approx(len(reference), abs=0.1 * RATE), path.name
