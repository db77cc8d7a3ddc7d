"""The program on a computer with a second address, asked at both: python -m tests.support.from_outside HOST DATA_DIR

Runs in a network of its own and prints what was answered as JSON; exits with 77 where the system gives no such network.
"""

import fcntl
import json
import os
import socket
import struct
import sys

import httpx
import openai

from tests.support.places import DEMO_MODELS, SAMPLE
from tools import isolated
from tools.running import SERVE, start_page

OUTSIDE = "10.77.0.1"
SIOCSIFADDR = 0x8916
TOKEN = "a-token-of-mine"
NO_NETWORK = 77
PORT = 7860
"""The one that the page would have, too."""


def add_address() -> None:
    """A second one for the loopback interface, which is no loopback address."""
    address = struct.pack("16sHH4s8x", b"lo:1", socket.AF_INET, 0, socket.inet_aton(OUTSIDE))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFADDR, address)


def _status(url: str) -> int | str:
    try:
        return httpx.get(url).status_code
    except httpx.ConnectError:
        return "nobody there"


def main(host: str, data_dir: str) -> None:
    if not isolated.enter():
        sys.exit(NO_NETWORK)
    add_address()
    process, printed = start_page(
        "--models-dir", DEMO_MODELS, "--data-dir", data_dir, "--host", host, "--port", PORT, program=SERVE
    )
    assert process.stdout
    said = [process.stdout.readline() for _ in range(3)]
    page, port = said[2].split()[-1], printed.split(":")[-1]
    key = os.environ.get("TRANSCRIBER_TOKEN") or said[0].split()[-1]
    known = openai.OpenAI(base_url=f"http://{OUTSIDE}:{port}v1", api_key=key, max_retries=0)
    page_port = page.split(":")[-1]
    try:
        answers = {
            "said": [printed, *said],
            "page": httpx.get(page).status_code,
            "models as printed": httpx.get(f"{printed}v1/models").status_code,
            "page as printed": httpx.get(printed, headers={"authorization": f"Bearer {key}"}).status_code,
            "page from outside": _status(f"http://{OUTSIDE}:{page_port}"),
            "page by the other name": httpx.get(page, headers={"host": f"{OUTSIDE}:{port}"}).status_code,
            "words": known.audio.transcriptions.create(file=SAMPLE, model="whisper-1").text,
        }
    finally:
        process.terminate()
        process.wait(20)
    print(json.dumps(answers))


if __name__ == "__main__":
    main(*sys.argv[1:])
