"""Models in packages, from an index of our own by the real pip: the way, and whatever can be wrong with what comes."""

import dataclasses
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.package_index import Index, packaged, wheel, wheel_of
from tests.support.published import RANDOM
from transcriber.errors import DiskSpaceError, DownloadError
from transcriber.freeze import packages
from transcriber.models import catalog
from transcriber.models.catalog import ModelSpec, Packages, PublishedFile, Wheel

CUT = 1_000_000


def fetch(spec: ModelSpec, folder: Path, seen: list[int] | None = None, timeout: float = 5) -> Path:
    """The first of its files."""
    packages.fetch(spec, folder, timeout, (seen if seen is not None else []).append)
    assert spec.packages
    return folder / spec.packages.files[0].name


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def with_wheels(spec: ModelSpec, *wheels: Wheel) -> ModelSpec:
    assert spec.packages
    return dataclasses.replace(spec, packages=dataclasses.replace(spec.packages, wheels=wheels))


def of_wheel(index: Index, content: bytes, part: str) -> ModelSpec:
    """A row that says of one wheel, whatever it is, that it is the right one, and of RANDOM that it lies in it."""
    index.files["model_0-1.0-py3-none-any.whl"] = content
    spec = packaged(Index(), "whisper-base", RANDOM)
    return with_wheels(spec, wheel_of("model_0", content, (part, "model.bin")))


def test_parts_are_joined(index: Index, tmp_path: Path) -> None:
    """In their order; nothing else stays, and nothing that the packages ask for is downloaded."""
    spec, seen = packaged(index, "whisper-base", RANDOM, (CUT, 2 * CUT)), []
    path = fetch(spec, tmp_path, seen)
    assert path.read_bytes() == RANDOM
    assert files(tmp_path) == ["model.bin"]
    assert seen == sorted(seen)
    assert seen[-1] == spec.size == sum(map(len, index.files.values()))
    assert {asked.split("/")[1] for asked in index.asked} == {"simple", "files"}
    assert not any("more" in asked for asked in index.asked)
    asked = len(index.asked)
    assert fetch(spec, tmp_path).read_bytes() == RANDOM
    assert len(index.asked) == asked, "what is there is not asked for again"


def test_the_row_says_what_will_be_downloaded(index: Index) -> None:
    spec = packaged(index, "whisper-base", RANDOM, (CUT,))
    assert spec.repository == "PyPI: model-0==1.0, model-1==1.0"
    assert spec.revision == hashlib.sha256(RANDOM).hexdigest()
    assert [file.name for file in spec.files] == list(index.files)
    assert spec.page == "https://pypi.org/project/model-0/"


def test_pip_is_configured_as_its_user_has_it(index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mirror in pip's own configuration file."""
    spec = packaged(index, "whisper-base", RANDOM)
    (tmp_path / "pip.conf").write_text(f"[global]\nindex-url = {index.address}\n")
    monkeypatch.delenv("PIP_INDEX_URL")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    assert fetch(spec, tmp_path / "models").read_bytes() == RANDOM


def test_a_changed_wheel_is_refused(index: Index, tmp_path: Path) -> None:
    spec = packaged(index, "whisper-base", RANDOM)
    index.add("model_0", {"model_0/data/model.bin.part0": RANDOM[:-1] + b"!"})
    with pytest.raises(DownloadError, match=r"model-0 1\.0 is another one than was published.*nothing of it was kept"):
        fetch(spec, tmp_path)
    assert files(tmp_path) == []


def test_changed_members_are_refused(index: Index, tmp_path: Path) -> None:
    """The wheels are the right ones, and what is joined of them is not: another content, more of it, less of it."""
    spec = packaged(index, "whisper-base", RANDOM, (CUT,))
    assert spec.packages
    (file,) = spec.packages.files
    for part in (
        {"sha256": hashlib.sha256(RANDOM[::-1]).hexdigest()},
        {"size": len(RANDOM) - 1},
        {"size": len(RANDOM) + 1},
    ):
        other = dataclasses.replace(spec.packages, files=(dataclasses.replace(file, **part),))  # type: ignore[arg-type]
        with pytest.raises(
            DownloadError, match=r"the model in model-0, model-1 is another one.*nothing of it was kept"
        ):
            fetch(dataclasses.replace(spec, packages=other), tmp_path)
        assert files(tmp_path) == []


def test_only_named_members_are_read(index: Index, tmp_path: Path) -> None:
    """Names that lead out of a folder lead nowhere."""
    outside = "../" * 12 + str(tmp_path / "evil").lstrip("/")
    content = wheel(
        "model_0", {"../../evil": b"!", outside: b"!", "model_0/part": RANDOM, str(tmp_path / "evil"): b"!"}
    )
    spec = of_wheel(index, content, "model_0/part")
    assert fetch(spec, tmp_path / "models" / "deep").read_bytes() == RANDOM
    assert files(tmp_path) == ["models/deep/model.bin"]


def test_a_member_under_a_hostile_name_is_content_only(index: Index, tmp_path: Path) -> None:
    spec = of_wheel(index, wheel("model_0", {"../../evil": RANDOM}), "../../evil")
    assert fetch(spec, tmp_path / "models" / "deep").read_bytes() == RANDOM
    assert files(tmp_path) == ["models/deep/model.bin"]


def test_a_bomb_is_refused_before_it_fills_the_disk(index: Index, tmp_path: Path) -> None:
    spec = of_wheel(index, wheel("model_0", {"model_0/part": bytes(200_000_000)}), "model_0/part")
    most = 0

    def look(_: int) -> None:
        nonlocal most
        most = max(most, sum(path.stat().st_size for path in tmp_path.rglob("*.bin*")))

    with pytest.raises(DownloadError, match="is another one than it should be"):
        packages.fetch(spec, tmp_path, 5, look)
    assert most <= len(RANDOM)
    assert files(tmp_path) == []


@pytest.mark.parametrize("what", ["no zip", "no such member", "a damaged member"])
def test_a_wheel_that_cannot_be_read(what: str, index: Index, tmp_path: Path) -> None:
    """Its checksum is the one that was asked for, and it is no wheel with the model in it."""
    content = wheel("model_0", {"model_0/part": RANDOM})
    if what == "no zip":
        content = RANDOM
    elif what == "a damaged member":
        middle = len(content) // 2
        content = content[:middle] + bytes(1000) + content[middle + 1000 :]
    spec = of_wheel(index, content, "model_0/other" if what == "no such member" else "model_0/part")
    with pytest.raises(DownloadError, match=r"model-0 1\.0"):
        fetch(spec, tmp_path)
    assert files(tmp_path) == []


@pytest.mark.parametrize("what", ["nothing listens", "nobody answers"])
def test_an_index_out_of_reach_is_said_soon(
    what: str, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = packaged(index, "whisper-base", RANDOM)
    if what == "nothing listens":
        monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple/")
    index.delay = 30
    with pytest.raises(DownloadError, match=r"the Python package index cannot be reached for the package model-0 1\.0"):
        fetch(spec, tmp_path, timeout=0.5)
    assert files(tmp_path) == []


def test_an_index_without_the_package(index: Index, tmp_path: Path) -> None:
    spec = packaged(index, "whisper-base", RANDOM)
    index.files.clear()
    with pytest.raises(DownloadError, match=r"does not have the package model-0 1\.0; a mirror may lack it"):
        fetch(spec, tmp_path)


def test_it_goes_on_with_the_next_wheel(index: Index, tmp_path: Path) -> None:
    """The first came whole, the second did not: then the first is not asked for again."""
    spec = packaged(index, "whisper-base", RANDOM, (CUT,))
    first, second = index.files
    held_back = index.files.pop(second)
    with pytest.raises(DownloadError):
        fetch(spec, tmp_path)
    assert files(tmp_path) == [f"wheels/{first}"]
    index.files[second] = held_back
    index.asked.clear()
    assert fetch(spec, tmp_path).read_bytes() == RANDOM
    assert not any(first in asked for asked in index.asked)


def test_what_an_interrupted_pip_left_goes_with_the_next_one(index: Index, tmp_path: Path) -> None:
    spec = packaged(index, "whisper-base", RANDOM, (CUT,))
    first, second = index.files
    left = tmp_path / "wheels" / "pip-abc" / "working" / first
    left.parent.mkdir(parents=True)
    left.write_bytes(index.files[first][:CUT])
    index.files.pop(second)
    with pytest.raises(DownloadError):
        fetch(spec, tmp_path)
    assert files(tmp_path) == [f"wheels/{first}"]


def test_a_wheel_that_was_changed_meanwhile_is_not_used(index: Index, tmp_path: Path) -> None:
    spec = packaged(index, "whisper-base", RANDOM)
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / next(iter(index.files))).write_bytes(b"PK")
    assert fetch(spec, tmp_path).read_bytes() == RANDOM


def test_an_environment_without_pip(index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "bare")], check=True, timeout=60)
    where = "Scripts/python.exe" if os.name == "nt" else "bin/python"
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bare" / where))
    with pytest.raises(DownloadError, match="pip is not installed in this environment"):
        fetch(packaged(index, "whisper-base", RANDOM), tmp_path / "models")


@pytest.mark.parametrize(
    ("said", "kind", "sentence"),
    [
        ("ERROR: Could not install: [Errno 28] No space left on device", DiskSpaceError, "the disk of"),
        (
            "WARNING: Retrying (Retry(total=0)) after connection broken by 'ProxyError'",
            DownloadError,
            "cannot be reached",
        ),
        ("WARNING: a\nERROR: Something else\n", DownloadError, "could not be downloaded by pip (Something else)"),
        ("", DownloadError, "it said nothing"),
    ],
)
def test_what_pip_says_becomes_a_sentence(said: str, kind: type, sentence: str) -> None:
    error = packages._pip_failure(Wheel("a", "1", "a.whl", 1, "0", (("a", "a"),)), said, Path("models"))
    assert type(error) is kind
    assert sentence in error.message
    assert error.hint


@pytest.fixture
def two_files(index: Index) -> ModelSpec:
    """A row with two files that lie in one wheel, which is for another Python and another system than this one."""
    contents = {"a.bin": RANDOM[:CUT], "b.bin": RANDOM[CUT:]}
    tags = "cp35-cp35m-win_arm64.win32"
    members = {f"model_0/deep/{name}": content for name, content in contents.items()}
    content = index.add("model_0", {"model_0/more.bin": RANDOM, **members}, tags)
    wheel = wheel_of("model_0", content, *((f"model_0/deep/{name}", name) for name in contents), tags=tags)
    files = tuple(
        PublishedFile(name, len(content), hashlib.sha256(content).hexdigest()) for name, content in contents.items()
    )
    return catalog.in_packages(dataclasses.replace(catalog.find("speakers"), packages=Packages(files, (wheel,))))


def test_one_wheel_may_hold_several_files(two_files: ModelSpec, tmp_path: Path) -> None:
    """Each with a checksum of its own; for whichever system the wheel is, nothing of it is installed."""
    fetch(two_files, tmp_path)
    assert files(tmp_path) == ["a.bin", "b.bin"]
    assert (tmp_path / "a.bin").read_bytes() + (tmp_path / "b.bin").read_bytes() == RANDOM
    assert two_files.packages
    assert two_files.revision == two_files.packages.wheels[0].sha256


def test_no_file_stays_where_one_is_another(two_files: ModelSpec, tmp_path: Path) -> None:
    assert two_files.packages
    first, second = two_files.packages.files
    other = dataclasses.replace(two_files.packages, files=(first, dataclasses.replace(second, sha256="0" * 64)))
    with pytest.raises(DownloadError, match=r"the checksum of b\.bin is wrong, and nothing of it was kept"):
        fetch(dataclasses.replace(two_files, packages=other), tmp_path)
    assert files(tmp_path) == []


def test_the_catalogue_knows_whole_packages() -> None:
    """Each row that packages carry says where every byte is from."""
    assert catalog.packaged() == ["whisper-tiny.en", "whisper-base", "speakers"]
    for name in catalog.packaged():
        spec = catalog.find(name)
        packages = spec.packages
        assert packages
        assert all(len(item.sha256 or "") == 64 and item.size for item in (*packages.files, *packages.wheels))
        assert all(
            wheel.file.startswith(f"{wheel.package.replace('-', '_')}-{wheel.version}-") for wheel in packages.wheels
        )
        assert {file for wheel in packages.wheels for _, file in wheel.parts} == {file.name for file in packages.files}
        assert catalog.in_packages(spec).size == sum(wheel.size for wheel in packages.wheels)
        if packages.on_hub:
            names = {catalog.official_name(checksum or "") for checksum in (packages.revision, packages.on_hub.sha256)}
            assert names == {spec.aliases[0]}


def test_the_packages_of_speakers_carry_what_was_published() -> None:
    spec = catalog.find(catalog.SPEAKERS)
    assert spec.packages
    published, packed = [
        [(file.name, file.size, file.sha256) for file in row] for row in (spec.files, spec.packages.files)
    ]
    assert published == packed
