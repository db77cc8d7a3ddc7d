"""The network is really gone."""

import json
import sys
import time
from pathlib import Path

import pytest

from tests.support.programs import PROXIES, run_program

linux = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's filter is Linux's")

ATTEMPTS = """
import socket, threading
from transcriber.system.offline import deny_network
def attempt(family):
    try:
        socket.socket(family).close()
        return "open"
    except PermissionError:
        return "refused"
ready, seen = threading.Event(), []
older = threading.Thread(target=lambda: (ready.wait(), seen.append(attempt(socket.AF_INET))))
older.start()
assert deny_network()
print(*(attempt(family) for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX)))
ready.set(); older.join(); print(*seen)
left, right = socket.socketpair(); left.send(b"x"); print(right.recv(1) == b"x")
"""


@linux
def test_the_kernel_refuses_every_socket_to_old_threads_too() -> None:
    result = run_program("-c", ATTEMPTS)
    assert result.stdout.split() == ["refused", "refused", "refused", "refused", "True"], result.stderr


@linux
def test_a_child_inherits_the_filter() -> None:
    result = run_program(
        "-c",
        "import subprocess, sys; from transcriber.system.offline import deny_network; deny_network()\n"
        "subprocess.run([sys.executable, '-c', 'import socket; socket.socket()'])",
    )
    assert "PermissionError" in result.stderr


def test_the_guard_in_python_lets_loopback_through_and_nothing_else() -> None:
    result = run_program(
        "-c",
        """
import socket
from transcriber.system.offline import refuse_egress
refuse_egress()
server = socket.create_server(("127.0.0.1", 0))
socket.create_connection(server.getsockname()).close()
for attempt in (lambda: socket.create_connection(("192.0.2.1", 80), 1), lambda: socket.getaddrinfo("example.com", 80),
                lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53)),
                lambda: socket.gethostbyname("example.com")):
    try:
        attempt(); print("open")
    except PermissionError:
        print("refused")
""",
    )
    assert result.stdout.split() == ["refused"] * 4, result.stderr


def test_variables_that_open_gradio_up_are_dropped() -> None:
    result = run_program(
        "-c",
        "import os; from transcriber.system.offline import keep_quiet; keep_quiet()\n"
        "print(*sorted(name for name in os.environ if name.startswith('GRADIO_')))",
        GRADIO_SHARE="True",
        GRADIO_SERVER_NAME="0.0.0.0",
        GRADIO_ALLOWED_PATHS="/",
    )
    assert result.stdout.split() == ["GRADIO_ANALYTICS_ENABLED"]


def test_proxies_are_set_aside_for_whom_they_are_of_use() -> None:
    """Libraries that ask no network at all end the program for a proxy that they cannot use."""
    result = run_program(
        "-c",
        "import os, json; from transcriber.system import offline; from transcriber.server import setup_process\n"
        "offline.keep_quiet(); offline.keep_quiet()\n"
        "import httpx, urllib.request; httpx.Client()\n"
        "print(json.dumps([urllib.request.getproxies(), setup_process._environment()]))",
        **PROXIES,
    )
    assert result.returncode == 0, result.stderr
    here, of_the_set_up = json.loads(result.stdout)
    assert list(here) == ["no"]
    assert PROXIES.items() <= of_the_set_up.items()


@linux
def test_the_engine_process_has_the_filter(tmp_path: Path) -> None:
    from tests.support.places import DEMO_MODELS
    from transcriber.worker.client import EngineClient

    client = EngineClient(DEMO_MODELS, tmp_path / "engine.log")
    process = client._started().process
    until = time.monotonic() + 30
    while not client.offline and time.monotonic() < until:
        time.sleep(0.05)
    try:
        status = Path(f"/proc/{process.pid}/status").read_text()
        assert "Seccomp:\t2" in status
        assert "NoNewPrivs:\t1" in status
        assert client.offline == "kernel"
    finally:
        client.close()
