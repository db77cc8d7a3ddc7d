"""Programs, run as a user runs them."""

import os
import subprocess
import sys

from tests.support.places import PROJECT


def run_program(*arguments: object, timeout: float = 120, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python with `arguments` from the project's folder."""
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        env={**os.environ, **environment},
    )


PROXIES = {
    "ALL_PROXY": "socks5://127.0.0.1:9",
    "https_proxy": "no-url-at-all:",
    "HTTP_PROXY": ":::",
    "ftp_proxy": "http://10.0.0.1:3128",
    "NO_PROXY": "[::1],*.example.org",
}
