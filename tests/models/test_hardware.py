"""What the computer has, with a stand-in for NVIDIA's tool; and what is said when torch cannot use the card."""

import os
from pathlib import Path

import pytest
import torch

from tests.support.computers import CARD, computer
from tests.support.programs import run_program
from transcriber.models import hardware as module
from transcriber.models.hardware import Hardware


def test_torchs_build_is_known_without_importing_it() -> None:
    assert module._torch_build() == (torch.__version__, torch.version.cuda or "", torch.version.hip or "")
    script = (
        "import sys; from transcriber.models.hardware import hardware; hardware(); assert 'torch' not in sys.modules"
    )
    assert run_program("-c", script).returncode == 0


def test_nvidias_tool_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = tmp_path / "nvidia-smi"
    tool.write_text(f"#!/bin/sh\necho '{CARD}, Rev. 2, 24564, 570.86.10'\necho 'Other, 8192, 570.86.10'\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    cards = module._nvidia_cards()
    assert [card.name for card in cards] == [f"{CARD}, Rev. 2", "Other"]
    assert cards[0].memory_gb == pytest.approx(25.76, abs=0.01)
    assert cards[0].driver == "570.86.10"


@pytest.mark.parametrize("script", ["exit 9", "echo nonsense", "echo 'a, b, c'"])
def test_a_tool_that_fails_is_no_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    tool = tmp_path / "nvidia-smi"
    tool.write_text(f"#!/bin/sh\n{script}\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert module._nvidia_cards() == ()


def test_a_usable_card() -> None:
    usable = computer(32, 24)
    assert usable.has_cuda
    assert usable.problem == ""
    assert usable.card_memory_gb == 24


def test_a_torch_without_cuda_is_said() -> None:
    unusable = computer(32, 24, cuda="")
    assert not unusable.has_cuda
    assert unusable.card_memory_gb == 0
    assert CARD in unusable.problem
    assert "has no CUDA" in unusable.problem
    assert "pytorch.org" in unusable.problem


def test_an_old_driver_is_said() -> None:
    unusable = computer(32, 24, driver="570.86.10")
    assert not unusable.has_cuda
    assert "needs an NVIDIA driver of version 580 or newer, and this one is 570.86.10" in unusable.problem
    assert computer(32, 24, driver="570.86.10", cuda="12.8").has_cuda


def test_no_card_is_no_problem() -> None:
    assert computer(32).problem == ""
    assert not computer(32).has_cuda


def test_amds_cards_count_where_torch_can_use_them(tmp_path: Path) -> None:
    for name, size in (("card0", 17_163_091_968), ("card1", 8_589_934_592)):
        (tmp_path / name / "device").mkdir(parents=True)
        (tmp_path / name / "device" / "mem_info_vram_total").write_text(f"{size}\n")
    cards = module._amd_cards(tmp_path)
    with_rocm = Hardware(cards, 32, "2.11.0+rocm7.1", "", "7.1")
    assert with_rocm.has_cuda and with_rocm.card_memory_gb == pytest.approx(17.16, abs=0.01)
    assert not Hardware((), 32, "2.11.0+rocm7.1", "", "7.1").has_cuda
