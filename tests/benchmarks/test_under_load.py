"""Shares of a processor, and the processes that take the rest of it."""

import argparse
import os
import subprocess

import pytest

from benchmarks.under_load import busy, fair_share, head, rows, variables


def busy_children() -> int:
    told = subprocess.run(["ps", "-o", "args", "--ppid", str(os.getpid())], capture_output=True, text=True, check=True)
    return told.stdout.count("while True: pass")


def test_busy_processes_are_there_and_gone_again_even_after_an_error():
    with pytest.raises(OSError, match="it died"), busy(2):
        assert busy_children() == 2
        raise OSError("it died")
    assert busy_children() == 0


@pytest.mark.parametrize(("cores", "others", "share"), [(2, 0, 1), (2, 1, 2 / 3), (2, 3, 0.4), (8, 8, 0.5)])
def test_a_fair_share_is_one_of_all_threads(cores: int, others: int, share: float):
    assert fair_share(cores, others) == pytest.approx(share)


def test_a_row_tells_speeds_and_how_they_compare_with_the_fair_share():
    answers = {0: [8.0, 10.0, 12.0], 1: [30.0, 30.0, 30.0]}
    found = {
        ("ours", count): [{"seconds": seconds, "processor": 2 * seconds} for seconds in times]
        for count, times in answers.items()
    }
    assert list(rows(found, 120.0, 2)) == [["ours", "12.0 (10.0–15.0)", "4.0 (4.0–4.0)", "0.50", "10.0"]]
    assert head([0, 1]).splitlines()[1].count("|---") == 5


def test_variables_are_given_by_name():
    assert variables("GOMP_SPINCOUNT=1000,OMP_NUM_THREADS=1") == {"GOMP_SPINCOUNT": "1000", "OMP_NUM_THREADS": "1"}
    with pytest.raises(argparse.ArgumentTypeError, match="PASSIVE"):
        variables("PASSIVE")
