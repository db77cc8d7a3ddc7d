"""For Python: python examples/in_python.py RECORDING [MODELS_DIR]"""

import sys
from pathlib import Path

from transcriber import TranscribeOptions, Transcriber, TranscriberError, render


def main(recording: str, models_dir: str = "local_models") -> None:
    transcriber = Transcriber(models_dir)  # its models stay loaded
    try:
        transcript = transcriber.transcribe(recording, TranscribeOptions(model="parakeet", start=0.0))
    except TranscriberError as error:
        sys.exit(f"{error.message}\n{error.hint}")
    print(transcript.text)
    for segment in transcript.segments:
        print(f"{segment.start:7.2f} s  {segment.text}")
    Path(recording).with_suffix(".srt").write_bytes(render(transcript, "srt"))


if __name__ == "__main__":
    main(*sys.argv[1:])
