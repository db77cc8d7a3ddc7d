"""The system's Firefox, driven by its own Marionette protocol: messages of JSON behind their length, over a socket.

Protocol: https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html
"""

import json
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox") or ""
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""The key under which WebDriver gives an element."""
START_SECONDS, WAIT_SECONDS = 60, 60
QUIET = """
user_pref("marionette.port", {port});
user_pref("app.update.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("toolkit.telemetry.enabled", false);
user_pref("intl.accept_languages", "en");
user_pref("media.autoplay.default", 0);
"""


class Firefox:
    """One window. What does not come about in time fails as AssertionError."""

    def __init__(self, profile: Path) -> None:
        """`profile`: an empty folder."""
        with socket.create_server(("127.0.0.1", 0)) as any_port:
            port = any_port.getsockname()[1]
        (profile / "user.js").write_text(QUIET.format(port=port), encoding="utf-8")
        self._process = subprocess.Popen(
            [FIREFOX, "--headless", "--marionette", "--no-remote", "--profile", profile],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._socket = self._connected(port)
        self._count = 0
        self._read()  # its greeting
        self._ask("WebDriver:NewSession", {})

    def open(self, address: str) -> None:
        self._ask("WebDriver:Navigate", {"url": address})

    def run(self, script: str, *values: Any) -> Any:
        """What the body of a function returns in the page; `arguments` are the values."""
        return self._ask("WebDriver:ExecuteScript", {"script": script, "args": values})["value"]

    def wait_for(self, script: str, *values: Any) -> Any:
        """The same, as soon as it is true."""
        end = time.monotonic() + WAIT_SECONDS
        while not (found := self.run(script, *values)):
            assert time.monotonic() < end, f"never true: {script}"
            time.sleep(0.1)
        return found

    def click(self, selector: str) -> None:
        self._ask("WebDriver:ElementClick", {"id": self._find(selector)})

    def write(self, selector: str, text: str) -> None:
        """Key by key; into a field of files, their paths."""
        self._ask("WebDriver:ElementSendKeys", {"id": self._find(selector), "text": text})

    def close(self) -> None:
        self._socket.close()
        self._process.terminate()
        self._process.wait(20)

    def _find(self, selector: str) -> str:
        return self._ask("WebDriver:FindElement", {"using": "css selector", "value": selector})["value"][ELEMENT]

    def _connected(self, port: int) -> socket.socket:
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                return socket.create_connection(("127.0.0.1", port), timeout=WAIT_SECONDS)
            except OSError:
                assert time.monotonic() < end and self._process.poll() is None, "Firefox does not start"
                time.sleep(0.1)

    def _ask(self, command: str, parameters: dict[str, Any]) -> Any:
        self._count += 1
        message = json.dumps([0, self._count, command, parameters])
        self._socket.sendall(f"{len(message.encode())}:{message}".encode())
        _, _, error, answer = self._read()
        assert error is None, error
        return answer

    def _read(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            length += self._some(1)
        content = b""
        while len(content) < int(length[:-1]):
            content += self._some(int(length[:-1]) - len(content))
        return json.loads(content)

    def _some(self, most: int) -> bytes:
        received = self._socket.recv(most)
        assert received, "Firefox has ended"
        return received
