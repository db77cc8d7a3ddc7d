"""The socket that the page is served on."""

import socket

import pytest

from transcriber.ui.launch import _listen


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_no_part_of_an_answer_waits_until_another_was_acknowledged(host: str) -> None:
    """An answer is two packets; Nagle's algorithm would hold the second back for 40 ms."""
    try:
        listener = _listen(host, 0)
    except SystemExit:
        pytest.skip("this computer has no IPv6")
    with listener, socket.create_connection(listener.getsockname()[:2]):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
