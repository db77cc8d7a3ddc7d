"""The program on a computer with a second address, asked at both: python -m tests.doors.from_outside HOST DATA_DIR

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

from tests.conftest import DEMO_MODELS, SAMPLE
from tools import isolated
from tools.running import SERVE, start_page

OUTSIDE = "10.77.0.1"
SIOCSIFADDR = 0x8916
TOKEN = "a-token-of-mine"
NO_NETWORK = 77


def add_address() -> None:
    """A second one for the loopback interface, which is no loopback address."""
    address = struct.pack("16sHH4s8x", b"lo:1", socket.AF_INET, 0, socket.inet_aton(OUTSIDE))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFADDR, address)


def main(host: str, data_dir: str) -> None:
    if not isolated.enter():
        sys.exit(NO_NETWORK)
    add_address()
    process, here = start_page("--models-dir", DEMO_MODELS, "--data-dir", data_dir, "--host", host, program=SERVE)
    assert process.stdout
    said = [process.stdout.readline(), process.stdout.readline()]
    outside = here.replace("127.0.0.1", OUTSIDE)
    key = os.environ.get("TRANSCRIBER_TOKEN") or said[0].split()[-1]
    known = openai.OpenAI(base_url=f"{outside}v1", api_key=key, max_retries=0)
    try:
        answers = {
            "said": said,
            "page here": httpx.get(here).status_code,
            "page outside": httpx.get(outside).status_code,
            "jobs outside": httpx.get(f"{outside}jobs", headers={"authorization": f"Bearer {key}"}).status_code,
            "models without": httpx.get(f"{outside}v1/models").status_code,
            "here by the other name": httpx.get(here, headers={"host": outside}).status_code,
            "words": known.audio.transcriptions.create(file=SAMPLE, model="whisper-1").text,
        }
    finally:
        process.terminate()
        process.wait(20)
    print(json.dumps(answers))


if __name__ == "__main__":
    main(*sys.argv[1:])
