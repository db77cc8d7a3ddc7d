"""setup_local_models.py as its user meets it."""

import dataclasses
import json
import os
import shutil
import stat
import sys
from pathlib import Path

import pytest

import setup_local_models
from tests.support.hub import Hub
from tests.support.places import DEMO_MODELS, PROJECT
from tests.support.programs import run_program
from tests.support.published import RANDOM, demo, published
from tests.support.small_set_up import main as small_set_up
from tests.support.small_set_up import write_rows
from transcriber.freeze.commands import is_placeholder
from transcriber.models import catalog, manifest
from transcriber.models.store import ModelStore

Output = pytest.CaptureFixture[str]


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A models folder with the demo models."""
    return Path(shutil.copytree(DEMO_MODELS, tmp_path / "models", ignore=shutil.ignore_patterns(".*")))


def run(*arguments: object) -> int:
    return setup_local_models.main([str(argument) for argument in arguments])


def set_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, hub: Hub, specs: list, *arguments: object) -> int:
    """The program with the rows of `specs`."""
    file = write_rows(tmp_path / "rows.json", *specs)
    servers = ("--endpoint", hub.address, "--whisper-endpoint", hub.address)
    monkeypatch.setattr(sys, "argv", ["", str(file), *map(str, arguments), *servers])
    return small_set_up()


def test_check_says_what_is_there(models: Path, capsys: Output) -> None:
    (models / "whisper.json").unlink()
    (models / "canary.nemo").write_bytes(b"cut off")
    assert run("--check", "--models-dir", models) == 1
    lines = {
        line.split()[2]: line for line in capsys.readouterr().out.splitlines() if line.startswith(("  ✓", "  ?", "  ✗"))
    }
    assert "✓ frozen" in lines["parakeet"]
    assert "0.01 GB" in lines["parakeet"]
    assert "ago" in lines["parakeet"] or "today" in lines["parakeet"]
    assert "? unverified" in lines["whisper"]
    assert "✗ damaged" in lines["canary"]


def test_check_names_what_can_be_had_and_the_command(tmp_path: Path, capsys: Output) -> None:
    assert run("--check", "--models-dir", tmp_path) == 1
    output = capsys.readouterr().out
    for name in catalog.MODELS:
        assert f" {name} " in output
    assert "run `python setup_local_models.py parakeet canary whisper speakers`" in output
    assert run("--check", "--models-dir", tmp_path, "--whisper-models", "base", "large-v3") == 1
    output = capsys.readouterr().out
    assert "whisper-base " in output
    assert "whisper-large-v3 " in output
    assert "parakeet" not in output


def test_check_of_chosen_models_is_well(models: Path, capsys: Output) -> None:
    ModelStore(models).choose(["parakeet", "canary", "whisper"])
    assert run("--check", "--models-dir", models) == 0
    assert "All that were chosen are there" in capsys.readouterr().out


def test_check_is_well_without_what_is_not_required(models: Path, capsys: Output) -> None:
    """What tells speakers apart: named as missing, and no failure unless it was asked for, or is damaged."""
    assert run("--check", "--models-dir", models) == 0
    assert "run `python setup_local_models.py speakers`" in capsys.readouterr().out
    assert run("--check", "speakers", "--models-dir", models) == 1
    shutil.copy(models / "whisper.json", models / "speakers.json")
    (models / "speakers.nemo").write_bytes(b"short")
    assert run("--check", "--models-dir", models) == 1


def test_check_loads_nothing_heavy() -> None:
    script = (
        "import sys, setup_local_models as s; s.main(['--check', '--models-dir', 'demo_models']);"
        "heavy = {'torch', 'numpy', 'huggingface_hub', 'httpx2', 'rich', 'gradio'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    result = run_program("-c", script)
    assert result.returncode == 0, result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script")
def test_the_wrapper_checks() -> None:
    result = run_program("-c", "import subprocess, sys; sys.exit(subprocess.call(['./check-models.sh', 'silero-vad']))")
    assert result.returncode == 0, result.stderr
    assert "built in" in result.stdout
    assert os.stat(PROJECT / "check-models.sh").st_mode & stat.S_IXUSR
    assert 'setup_local_models.py") --check @args' in (PROJECT / "check-models.ps1").read_text()


def test_verify_reads_every_file(models: Path, capsys: Output) -> None:
    assert run("--verify", "--models-dir", models) == 0
    path = models / "whisper.pt"
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert run("--verify", "--models-dir", models) == 1
    captured = capsys.readouterr()
    assert "✓ parakeet: as it was frozen" in captured.out
    assert "error: whisper: " in captured.err
    assert "not the one that was frozen" in captured.err
    assert run("--verify", "parakeet", "--models-dir", models) == 0


def test_remove(models: Path) -> None:
    ModelStore(models).choose(["parakeet", "whisper"])
    (models / ".converted" / "whisper.pt-int8").mkdir(parents=True)
    (models / ".converted" / "whisper.pt-int8.lock").touch()
    assert run("--remove", "whisper", "canary", "sortformer", "--models-dir", models) == 0
    assert ModelStore(models).present() == ["parakeet"]
    assert ModelStore(models).chosen() == ["parakeet"]
    assert not (models / "whisper.json").exists()
    assert not any((models / ".converted").iterdir())


def test_cleanup_leaves_the_models(models: Path, capsys: Output) -> None:
    before = {path.name for path in models.iterdir()}
    for name in (".downloads/parakeet-0123456789ab/a.nemo.part", ".setup-canary/canary.nemo", ".import-whisper/a.pt"):
        (models / name).parent.mkdir(parents=True)
        (models / name).write_bytes(bytes(20_000_000))
    assert run("--cleanup", "--models-dir", models) == 0
    assert "freed 0.06 GB" in capsys.readouterr().out
    assert {path.name for path in models.iterdir()} == before


@pytest.mark.parametrize("token", ["your_huggingface_token_here", "", " ", "hf_xxxxxxxxxxxx", "<token>", "YOUR_TOKEN"])
def test_a_placeholder_is_no_token(token: str, capsys: Output) -> None:
    assert setup_local_models._token(token) is None
    assert "is ignored; public models need none" in capsys.readouterr().err


def test_a_token_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert setup_local_models._token("hf_AbCdEfGhIjKlMnOp") == "hf_AbCdEfGhIjKlMnOp"
    monkeypatch.setenv("HF_TOKEN", "hf_environmentsOwn1")
    assert setup_local_models._token(None) == "hf_environmentsOwn1"
    monkeypatch.delenv("HF_TOKEN")
    assert setup_local_models._token(None) is None
    assert not is_placeholder(None)


@pytest.mark.parametrize("arguments", [["parrot"], ["--whisper-models", "enormous"]])
def test_an_unknown_name_is_wrong_usage(arguments: list[str], capsys: Output) -> None:
    assert run(*arguments) == 2
    assert "choose one of parakeet, parakeet-v3" in capsys.readouterr().err


def test_without_a_network_each_model_is_one_line(tmp_path: Path) -> None:
    """Nothing can be reached: the set-up says so for each model, and the choice is recorded."""
    options = ("--endpoint", "http://127.0.0.1:9", "--whisper-endpoint", "http://127.0.0.1:9", "--timeout", "1")
    script = (
        "import sys, time; time.sleep = lambda seconds: None\n"
        "import setup_local_models; sys.exit(setup_local_models.main(sys.argv[1:]))"
    )
    result = run_program("-c", script, "parakeet", "whisper", "--models-dir", tmp_path, *options, HF_HUB_OFFLINE="")
    assert result.returncode == 1
    lines = [line for line in result.stderr.splitlines() if line.startswith("error:")]
    assert sorted(line.split(":")[1].strip() for line in lines) == ["parakeet", "whisper"], result.stderr
    assert "Traceback" not in result.stderr
    assert "0 of 2 models are ready" in result.stdout
    assert ModelStore(tmp_path).chosen() == ["parakeet", "whisper"]


def test_the_table_of_results(
    hub: Hub, rows: object, tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = published(hub, "sortformer", RANDOM)
    specs = [demo(hub, "whisper"), foreign]
    names = ("whisper", "sortformer", "silero-vad", "--models-dir", tmp_path / "models")
    assert set_up(monkeypatch, tmp_path, hub, specs, *names) == 1
    output = capsys.readouterr().out
    table = output[output.index("Results") :]
    assert "  Transcription\n  ✓ whisper " in table
    assert "  Speakers\n  ✗ sortformer " in table
    assert "  Voice activity\n  ✓ silero-vad " in table
    assert "2 of 3 models are ready" in table


def test_updates_are_found_and_made(
    hub: Hub, rows: object, tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The publisher has a newer revision: it is said, and set up when asked for; until then the old one stays."""
    folder = tmp_path / "models"
    old = demo(hub, "parakeet")
    for name in ("parakeet.nemo", "parakeet.json"):
        folder.mkdir(exist_ok=True)
        shutil.copy(DEMO_MODELS / name, folder)
    recorded = manifest.read(folder / "parakeet.json")
    assert recorded
    made = dataclasses.replace(recorded, repository=old.repository, revision=old.revision)
    manifest.write(folder / "parakeet.json", made)
    common = ("parakeet", "--models-dir", folder)
    assert set_up(monkeypatch, tmp_path, hub, [old], "--check-updates", *common) == 0
    assert f"✓ parakeet: {old.revision[:12]} is the newest" in capsys.readouterr().out
    newer = "f" * 40
    hub.add(old.repository, newer, old.files[0].name, b"not a model at all" * 100)
    assert set_up(monkeypatch, tmp_path, hub, [old], "--check-updates", *common) == 0
    assert f"{newer[:12]} is newer: `python setup_local_models.py parakeet --update`" in capsys.readouterr().out
    before = (folder / "parakeet.nemo").read_bytes()
    assert set_up(monkeypatch, tmp_path, hub, [old], "--update", *common) == 1
    assert (folder / "parakeet.nemo").read_bytes() == before
    assert manifest.read(folder / "parakeet.json") == made
    hub.add(old.repository, newer, old.files[0].name, before)
    assert set_up(monkeypatch, tmp_path, hub, [old], "--cleanup", *common) == 0
    assert set_up(monkeypatch, tmp_path, hub, [old], "--update", *common) == 0
    updated = manifest.read(folder / "parakeet.json")
    assert updated
    assert updated.revision == newer


def test_progress_for_programs(
    hub: Hub, rows: object, tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = published(hub, "sortformer", RANDOM)
    assert set_up(monkeypatch, tmp_path, hub, [spec], "sortformer", "--json", "--models-dir", tmp_path / "m") == 1
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["model"] for line in said} == {"sortformer"}
    assert said[0] == {"model": "sortformer", "stage": "waiting", "done": None, "total": None}
    done = [line["done"] for line in said if line.get("done") is not None]
    assert done == sorted(done)
    assert done[-1] == len(RANDOM)
    assert said[-1]["result"] == "failed"
    assert said[-1]["message"].endswith(".") or ";" in said[-1]["message"]


def test_import_and_export(models: Path, tmp_path: Path, capsys: Output) -> None:
    assert run("--export", tmp_path / "stick", "whisper", "--models-dir", models) == 0
    assert run("--import", tmp_path / "stick", "--models-dir", tmp_path / "other") == 0
    assert ModelStore(tmp_path / "other").present() == ModelStore(tmp_path / "other").chosen() == ["whisper"]
    (tmp_path / "notes.pt").write_bytes(b"text")
    assert run("whisper-tiny", "--import", tmp_path / "notes.pt", "--models-dir", tmp_path / "other") == 1
    assert "error: whisper-tiny: " in capsys.readouterr().err


def test_recommended_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Output) -> None:
    from tests.support.computers import computer
    from transcriber.freeze import commands
    from transcriber.models import hardware

    asked: list[list[str]] = []
    monkeypatch.setattr(hardware, "hardware", lambda: computer(64, 24, driver="400.1"))
    monkeypatch.setattr(
        commands, "set_up", lambda run, specs, *_, **__: asked.append([spec.name for spec in specs]) or 0
    )
    assert run("--recommended", "--models-dir", tmp_path) == 0
    complaints = capsys.readouterr().err
    assert "is not used: the installed torch" in complaints
    assert "Recommended: parakeet, canary-" in complaints
    assert "There is no graphics card that can be used" in complaints
    assert asked == [ModelStore(tmp_path).chosen()]
