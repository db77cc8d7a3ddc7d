"""Gradio's client: python examples/with_gradio_client.py ADDRESS RECORDING

ADDRESS is what the program prints, such as http://127.0.0.1:7860/.
"""

import os
import sys

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # before the import: gradio_client would report that it was started

from gradio_client import Client, handle_file


def main(address: str, recording: str) -> None:
    client = Client(address, verbose=False)
    print("models:", ", ".join(client.predict(api_name="/models")))
    transcript = client.predict(handle_file(recording), model="parakeet", api_name="/transcribe")
    print(transcript["text"])
    print(client.predict(handle_file(recording), format="vtt", api_name="/export"))


if __name__ == "__main__":
    main(*sys.argv[1:])
