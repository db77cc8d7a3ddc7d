"""A recording is spoken into OpenAI's realtime client: python examples/with_realtime_client.py ADDRESS RECORDING

ADDRESS is what `transcriber serve` prints, such as http://127.0.0.1:7860/. What it needs: `pip install
"openai[realtime]" soundfile soxr`. The sound goes as fast as it can be heard; a microphone's comes as it is spoken,
piece by piece. Words come meanwhile: who only sends, and reads nothing, is taken for gone by the client's own library.
"""

import os
import sys
from base64 import b64encode
from threading import Thread

import soundfile
import soxr
from openai import OpenAI
from openai.resources.realtime.realtime import RealtimeConnection

RATE = 24_000
PIECE = 2 * RATE // 10
"""Bytes of a tenth of a second."""


def main(address: str, recording: str) -> None:
    client = OpenAI(base_url=f"{address}v1", api_key=os.environ.get("TRANSCRIBER_TOKEN", "none"))
    samples, rate = soundfile.read(recording, dtype="int16", always_2d=True)
    sound = soxr.resample(samples[:, 0], rate, RATE).astype("<i2").tobytes()
    with client.realtime.connect(extra_query={"intent": "transcription"}) as connection:
        # Without a voice detector there is one item, which ends where we say so.
        connection.session.update(session={"type": "transcription", "audio": {"input": {"turn_detection": None}}})
        Thread(target=speak, args=(connection, sound), daemon=True).start()
        for event in connection:
            if event.type == "conversation.item.input_audio_transcription.delta":
                print(event.delta, end="", flush=True)
            elif event.type == "conversation.item.input_audio_transcription.completed":
                break
            elif event.type == "error":
                sys.exit(event.error.message)
    print()


def speak(connection: RealtimeConnection, sound: bytes) -> None:
    for at in range(0, len(sound), PIECE):
        connection.input_audio_buffer.append(audio=b64encode(sound[at : at + PIECE]).decode())
    connection.input_audio_buffer.commit()


if __name__ == "__main__":
    main(*sys.argv[1:])
