"""`bench`: how quick a model is on this computer."""

import argparse
import statistics
import sys
import time
from pathlib import Path

from transcriber.cli.running import DONE, FAILED, add_model, model_of, offline_transcriber
from transcriber.errors import TranscriberError
from transcriber.options import TranscribeOptions
from transcriber.readable import print_json

TEXT = """{model} on {device}, {seconds:.1f} s of audio
speed     {rtfx:.1f} × real time ({rtfx_least:.1f} to {rtfx_most:.1f})
loading   {load_seconds:.1f} s
memory    {memory_gb:.2f} GB, all that this process holds"""


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "bench",
        help="how quick a model is here",
        description="Transcribe a recording several times and say how quick that is: loading the model, and seconds of "
        "audio a second from the file to its words.",
    )
    parser.add_argument("recording", metavar="FILE", type=Path)
    add_model(parser)
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="(%(default)s), after one to warm up")
    parser.add_argument("--json", action="store_true", help="as JSON, for programs")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    transcriber = offline_transcriber(args.models_dir)
    import psutil

    options = TranscribeOptions(model_of(args), args.device)
    try:
        began = time.perf_counter()
        engine = transcriber.load(options)
        loading = time.perf_counter() - began
        first, *counted = [transcriber.transcribe(args.recording, options) for _ in range(1 + max(1, args.rounds))]
    except TranscriberError as error:
        print(f"error: {error}", file=sys.stderr)
        return FAILED
    speeds = [transcript.rtfx for transcript in counted]
    figures = {
        "model": options.model,
        "device": engine.device,
        "seconds": first.duration,
        "load_seconds": loading,
        "rtfx": statistics.median(speeds),
        "rtfx_least": min(speeds),
        "rtfx_most": max(speeds),
        "memory_gb": psutil.Process().memory_info().rss / 1e9,
    }
    if args.json:
        print_json(figures)
    else:
        print(TEXT.format(**figures))
    return DONE
