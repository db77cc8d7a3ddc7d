"""A written text → subtitles of the recording in which it is said."""

import json
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import unescape
from itertools import groupby
from pathlib import Path

from transcriber.alignment.aligner import Alignment, align, forced_aligner_of, timed
from transcriber.alignment.streamed_audio import StreamedAudio
from transcriber.audio.recording import Recording
from transcriber.engines.families import can_align
from transcriber.engines.protocol import ForcedAligner
from transcriber.errors import ScriptError
from transcriber.joining import chained, split
from transcriber.options import TranscribeOptions
from transcriber.pipeline.transcriber import Transcriber
from transcriber.segmentation import MAX_SEGMENT_SECONDS, segments
from transcriber.transcript import Segment, Transcript, Word, joined
from transcriber.transcript_json import segments_from_dicts

SUBRIP_TAG = re.compile(r"</?(?:[biuvc]|font|lang|ruby|rt)(?:[ .][^>]*)?>")
"""SubRip has no tags of its own; players read a few of HTML and of WebVTT."""
MAX_QUOTED_PLACES = 10
"""Places with words that were not heard that the note names."""
MAX_QUOTED_WORDS = 8


@dataclass(frozen=True)
class Line:
    """A line or paragraph of a script, or a cue of subtitles."""

    name: str
    """Where it is, for people: "line 4"."""
    words: tuple[str, ...]
    unspaced: frozenset[int] = frozenset()
    """The numbers of those without a blank before them."""

    @property
    def given(self) -> list[Word]:
        """The words, without times."""
        return [Word(text, space_before=number not in self.unspaced) for number, text in enumerate(self.words)]


def _line(name: str, words: Iterable[Word]) -> Line:
    written = list(words)
    unspaced = (number for number, word in enumerate(written) if number and not word.space_before)
    return Line(name, tuple(word.text for word in written), frozenset(unspaced))


def read(path: Path) -> list[Line]:
    """The lines of a script: .txt, or the text of .srt, .vtt or our .json. Raises ScriptError."""
    readers = {".txt": _lines, ".srt": _subrip_cues, ".vtt": _web_cues, ".json": _segments}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise ScriptError(f"{path} is no text that can be read", f"give a file that ends in {', '.join(readers)}")
    try:
        lines = [line for line in reader(path.read_text(encoding="utf-8-sig")) if line.words]
    except OSError as error:
        raise ScriptError(f"{path} cannot be read ({error.strerror})", "check the path") from error
    except (ValueError, KeyError, TypeError) as error:  # UnicodeDecodeError, or JSON that is not ours
        raise ScriptError(f"{path} is damaged or of another kind", "give plain text in UTF-8") from error
    if not lines:
        raise ScriptError(f"there are no words in {path}", "give the text of what is said in the recording")
    return lines


def _lines(text: str) -> Iterator[Line]:
    for number, line in enumerate(text.splitlines(), start=1):
        yield _line(f"line {number}", split(line))


def _subrip_cues(text: str) -> Iterator[Line]:
    """The text of SubRip's cues, without the tags that some have. What is no cue is passed over."""
    import srt

    srt.LOG.setLevel(logging.ERROR)  # it would print the text that it passes over
    texts = (SUBRIP_TAG.sub("", cue.content) for cue in srt.parse(text, ignore_errors=True))
    return (_cue(number, cue_text) for number, cue_text in enumerate(texts, start=1))


def _web_cues(text: str) -> Iterator[Line]:
    """The same of WebVTT, without its tags, its comments and its styles."""
    import webvtt

    with_header = text if text.startswith("WEBVTT") else f"WEBVTT\n\n{text}"  # some programs write none
    try:
        captions = webvtt.from_string(with_header).captions
    except (webvtt.errors.MalformedFileError, webvtt.errors.MalformedCaptionError) as error:
        raise ValueError("no WebVTT") from error
    for number, caption in enumerate(captions, start=1):
        line = _cue(number, caption.text)
        yield replace(line, words=tuple(map(unescape, line.words)))


def _cue(number: int, text: str) -> Line:
    return _line(f"cue {number}", chained(map(split, text.splitlines())))


def _segments(text: str) -> Iterator[Line]:
    for number, segment in enumerate(segments_from_dicts(json.loads(text)["segments"]), start=1):
        yield _line(f"segment {number}", segment.words)


def align_script(
    transcriber: Transcriber, recording: Path, lines: Sequence[Line], options: TranscribeOptions
) -> Transcript:
    """The script as the recording's transcript; what was not heard is said in its notes.

    A line is a segment, or several if it is longer than one may be. Raises ModelError, AudioError, ScriptError, and
    UnsupportedOptionError for a model that cannot say where given words are.
    """
    aligner = forced_aligner_of(
        transcriber.load(options), [model.name for model in transcriber.store.present_models() if can_align(model.path)]
    )
    given = [word for line in lines for word in line.given]
    words = [word.text for word in given]
    _require_spelling(aligner, words, options.model)
    transcript = transcriber.transcribe(recording, options)
    own = [word for segment in transcript.segments for word in segment.words]
    with Recording(recording) as opened:
        align_words = StreamedAudio(opened.blocks()).aligned_by(aligner)
        aligned = align(words, own, align_words, transcript.duration)
    alignment = replace(aligned, words=tuple(timed(given, aligned.words)))
    if len(alignment.missing) == len(words):
        raise ScriptError("not one word of the text is heard in this recording", "check that they belong together")
    notes = (*transcript.notes, *_missing_note(lines, alignment))
    return replace(transcript, segments=tuple(_segments_of(lines, alignment.words)), notes=notes)


def _require_spelling(aligner: ForcedAligner, words: Sequence[str], model: str) -> None:
    strange = [word for word in words if not aligner.spells(word)]
    if 2 * len(strange) > len(words):
        raise ScriptError(
            f"the model {model} cannot write most of this text, such as “{strange[0]}”",
            "choose a model that knows its language",
        )


def _segments_of(lines: Sequence[Line], words: Sequence[Word]) -> Iterator[Segment]:
    rest = iter(words)
    for line in lines:
        own = [next(rest) for _ in line.words]
        start, end = own[0].span[0], own[-1].span[1]
        yield from [Segment(tuple(own), start, end)] if end - start <= MAX_SEGMENT_SECONDS else segments(own)


def _missing_note(lines: Sequence[Line], alignment: Alignment) -> Iterator[str]:
    """A sentence that names the words that were not heard, where there are any."""
    missing = alignment.missing
    if not missing:
        return
    names = [line.name for line in lines for _ in line.words]
    places = [
        f"{names[run[0]]} “{_quoted([alignment.words[number] for number in run])}”" for run in _runs(missing, names)
    ]
    more = f", and {len(places) - MAX_QUOTED_PLACES} more places" if len(places) > MAX_QUOTED_PLACES else ""
    count = f"{len(missing)} words of the script were" if len(missing) > 1 else "1 word of the script was"
    yield f"{count} not heard: {', '.join(places[:MAX_QUOTED_PLACES])}{more}."


def _runs(numbers: Sequence[int], names: Sequence[str]) -> Iterator[list[int]]:
    """Numbers that follow each other within a line."""
    for _, run in groupby(enumerate(numbers), lambda item: (item[1] - item[0], names[item[1]])):
        yield [number for _, number in run]


def _quoted(words: Sequence[Word]) -> str:
    return joined(words[:MAX_QUOTED_WORDS]) + (" …" if len(words) > MAX_QUOTED_WORDS else "")
