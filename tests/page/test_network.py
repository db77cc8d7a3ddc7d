"""While the page is used, neither process connects beyond this computer: the kernel's own account of it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.page import expect_words, show, transcribe
from tests.support.page_program import Program
from tests.support.places import DEMO_MODELS, SAMPLE


def test_no_connection_beyond_loopback(browser: Browser, tmp_path: Path, sample_words: list[dict]) -> None:
    strace = shutil.which("strace")
    if not strace:
        if os.environ.get("CI"):
            pytest.fail("CI needs strace")
        pytest.skip("no strace on this machine")
    if subprocess.run([strace, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine lets nobody be traced")
    calls = "trace=connect,sendto,sendmsg,sendmmsg,bind"
    traced = (strace, "-D", "-f", "--seccomp-bpf", "-e", calls, "-o", str(tmp_path / "calls"))
    with Program(tmp_path / "data", DEMO_MODELS, (*traced, sys.executable, "transcribe_ui.py")) as program:
        page = browser.new_page()
        show(page, program.address)
        transcribe(page, SAMPLE)
        expect_words(page, [word["text"] for word in sample_words])
        page.locator(".word").nth(4).click()
        page.reload()
        page.close()
    account = (tmp_path / "calls").read_text()
    addresses = re.findall(r'inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"', account)
    assert "bind(" in account
    assert {first or second for first, second in addresses} <= {"127.0.0.1", "::1"}
