"""OpenAI's own client on this computer: python examples/with_openai_client.py ADDRESS RECORDING

ADDRESS is what `transcriber serve` prints, such as http://127.0.0.1:7860/. `pip install openai` brings the client.
"""

import os
import sys
from pathlib import Path

from openai import OpenAI


def main(address: str, recording: str) -> None:
    # On this computer any key will do; other computers need the token that `serve --host` prints.
    client = OpenAI(base_url=f"{address}v1", api_key=os.environ.get("TRANSCRIBER_TOKEN", "none"))
    print("models:", ", ".join(model.id for model in client.models.list()))

    timed = client.audio.transcriptions.create(
        file=Path(recording), model="whisper-1", response_format="verbose_json", timestamp_granularities=["word"]
    )
    for word in timed.words or []:
        print(f"{word.start:7.2f} s  {word.word}")

    for event in client.audio.transcriptions.create(file=Path(recording), model="whisper-1", stream=True):
        if event.type == "transcript.text.delta":
            print(event.delta, end="", flush=True)
    print()


if __name__ == "__main__":
    main(*sys.argv[1:])
