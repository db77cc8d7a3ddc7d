"""What is no recording gets a sentence; whatever its name is, a recording is read; no other file is ever opened."""

import os
import socket
import struct
import unicodedata
import zipfile
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.support.media import write_media
from tests.support.places import RATE, SAMPLE
from tests.support.reading import notes, read, tone
from transcriber.errors import AudioDecodeError, AudioEmptyError, AudioError, AudioNotFoundError

NAMES = [
    "with space.wav",
    unicodedata.normalize("NFC", "Übung – ☕ 😀.wav"),
    unicodedata.normalize("NFD", "Übung – ☕ 😀.wav"),
    "-dash.wav",
    "--help",
    "quote'\"`.wav",
    "a:b.wav",
    "http:a.wav",
    "pipe:0",
    "100%d.wav",
    "two\nlines.wav",
    "$(touch x);&.wav",
    "x" * 251 + ".wav",
]
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'


@pytest.mark.parametrize("name", NAMES)
def test_odd_names(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    soundfile.write("plain.wav", tone(0.5), RATE)
    Path("plain.wav").rename(name)
    assert len(read(Path(name))) == RATE // 2


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", AudioEmptyError),
        (b"Dear diary, nothing was said today." * 50, AudioDecodeError),
        (b"\0" * 5000, AudioDecodeError),
        (b"RIFF\xff\xff\xff\xffWAVEfmt ", AudioDecodeError),
        (b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" * 20, AudioDecodeError),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), AudioDecodeError),
        (b"GIF89a" + bytes(200), AudioDecodeError),
        (SVG * 10, AudioDecodeError),
        (SAMPLE.read_bytes()[:60], AudioError),
        (b"ID3\x04\0\0\0\0\0\0", AudioDecodeError),
    ],
)
def test_what_is_no_recording(tmp_path: Path, content: bytes, error: type[Exception]) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(error) as raised:
        read(path)
    assert raised.value.hint


def test_an_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(SAMPLE)
    with pytest.raises(AudioDecodeError):
        read(tmp_path / "a.zip")


def test_what_is_not_there(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(0.5), RATE)
    for path in (tmp_path / "gone.wav", tmp_path / "a.wav" / "b.wav", tmp_path / "nul\0.wav", tmp_path / ("x" * 300)):
        with pytest.raises(AudioNotFoundError):
            read(path)
    with pytest.raises(AudioNotFoundError, match="folder"):
        read(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such files here")
def test_a_pipe_or_a_device_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    for path in (tmp_path / "pipe.wav", Path("/dev/zero")):
        with pytest.raises(AudioNotFoundError, match="pipe or a device"):
            read(path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(0.5), RATE)
    (tmp_path / "a.wav").chmod(0)
    with pytest.raises(AudioNotFoundError, match="cannot be read"):
        read(tmp_path / "a.wav")


@pytest.mark.parametrize(("name", "codec"), [("a.wav", "pcm_s16le"), ("a.m4a", "aac"), ("a.flac", "flac")])
def test_a_recording_of_silence_is_a_recording(tmp_path: Path, name: str, codec: str) -> None:
    path = write_media(tmp_path / name, np.zeros(RATE, np.float32), codec)
    assert abs(len(read(path)) - RATE) < 2048
    assert "only silence in this recording: check the microphone" in notes(path)


def test_the_quietest_sound_is_none_of_it(tmp_path: Path) -> None:
    audio = np.zeros(RATE, np.int16)
    audio[500] = 1
    soundfile.write(tmp_path / "a.wav", audio, RATE)
    assert len(read(tmp_path / "a.wav")) == RATE
    assert not notes(tmp_path / "a.wav")


def test_a_wav_without_samples(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(0, np.float32), RATE)
    with pytest.raises(AudioEmptyError, match="no sound"):
        read(tmp_path / "a.wav")


PLAYLISTS = {
    "a.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{target}\n#EXT-X-ENDLIST\n",
    "a.m3u": "#EXTM3U\n#EXTINF:1,a\n{target}\n",
    "a.pls": "[playlist]\nFile1={target}\nLength1=1\nNumberOfEntries=1\nVersion=2\n",
    "a.ffconcat": "ffconcat version 1.0\nfile '{target}'\n",
    "a.url": "[InternetShortcut]\nURL={target}\n",
    "a.mpd": '<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
    'mediaPresentationDuration="PT2S" profiles="urn:mpeg:dash:profile:isoff-on-demand:2011"><Period><AdaptationSet>'
    '<Representation id="1" mimeType="audio/mp4" bandwidth="1"><BaseURL>{target}</BaseURL></Representation>'
    "</AdaptationSet></Period></MPD>\n",
    "a.cpl": '<?xml version="1.0"?>\n<CompositionPlaylist xmlns="http://www.smpte-ra.org/schemas/2067-3/2016">'
    "<ContentTitle>{target}</ContentTitle></CompositionPlaylist>\n",
    "a.wax": '<ASX version="3.0"><Entry><Ref href="{target}"/></Entry></ASX>\n',
}


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """The secret recording beside the playlists; and that it was not read."""
    monkeypatch.chdir(tmp_path)
    secret = write_media(tmp_path / "secret.ts", tone(2), "aac")
    os.utime(secret, (1, 2))
    yield secret
    assert secret.stat().st_atime == 1


@pytest.mark.parametrize("name", sorted(PLAYLISTS))
@pytest.mark.parametrize("target", ["secret.ts", "{absolute}", "file:{absolute}", "file://{absolute}"])
def test_a_playlist_opens_no_other_file(opened: Path, name: str, target: str) -> None:
    Path(name).write_text(PLAYLISTS[name].format(target=target.format(absolute=opened)))
    with pytest.raises(AudioDecodeError):
        read(Path(name))


@pytest.mark.parametrize("name", sorted(PLAYLISTS))
@pytest.mark.parametrize("protocol", ["http", "tcp", "rtmp", "rtsp"])
def test_a_playlist_reaches_no_server(tmp_path: Path, name: str, protocol: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"{protocol}://127.0.0.1:{server.getsockname()[1]}/a.ts"
        (tmp_path / name).write_text(PLAYLISTS[name].format(target=address))
        with pytest.raises(AudioDecodeError):
            read(tmp_path / name)
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_description_of_a_network_stream_opens_no_port(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]  # taken: who opened it would fail, who does not ask never learns
        sdp = f"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=a\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\n"
        (tmp_path / "a.sdp").write_text(sdp)
        with pytest.raises(AudioDecodeError):
            read(tmp_path / "a.sdp")


def test_a_mov_whose_samples_lie_in_another_file(opened: Path) -> None:
    """A data reference of type `alis` that names another file, in place of the one that says "in this file"."""
    path = write_media(Path("a.mov"), tone(1), "pcm_s16le")
    name = str(opened).encode()
    body = (
        bytes(4) + struct.pack(">HH", len(opened.name), 2).rjust(146, b"\0") + struct.pack(">HH", 2, len(name)) + name
    )
    alias = struct.pack(">I4s", 8 + len(body), b"alis") + body
    content = path.read_bytes()
    old = struct.pack(">I4sI", 12, b"url ", 1)
    if old not in content:
        old = struct.pack(">I4sI", 12, b"alis", 1)
    assert old in content
    path.write_bytes(content.replace(old, alias[:8] + bytes(4) + alias[12:]))
    with pytest.raises(AudioError):
        read(path)
