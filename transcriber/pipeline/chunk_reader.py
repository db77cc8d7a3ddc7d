"""A recording → its chunks: sound track, decoding, voice detection and cutting, by a thread ahead of the model."""

import itertools
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from transcriber.audio.recording import Recording
from transcriber.audio.samples import NOTHING
from transcriber.audio.tracks import Track
from transcriber.audio.waveform import Waveform
from transcriber.options import TranscribeOptions
from transcriber.pipeline.chunking import Chunk, chunks
from transcriber.pipeline.prefetch import Prefetch
from transcriber.pipeline.recording_models import RecordingModels
from transcriber.pipeline.resume_state import ResumeState
from transcriber.pipeline.speaker_track import SpeakerTrack
from transcriber.pipeline.vad import FRAME_SAMPLES, FRAME_SECONDS, SpeechBlock, detect_speech, warm_up_start
from transcriber.pipeline.voice_track import find_voice


class ChunkReader:
    """The chunks of one recording as its models take them, from where an earlier transcription was interrupted.

    The file is opened at once, and a batch of chunks is made before anybody asks for it; close() it. Raises AudioError,
    and UnsupportedOptionError for a sound track that there is not.
    """

    def __init__(self, path: Path, options: TranscribeOptions, models: RecordingModels, resume: ResumeState) -> None:
        self.options = options
        self._opened = ExitStack()
        self.recording = self._open(path, options.stream)
        """At the sound track that is read; which one that is may only show when the first chunk is there."""
        self.start_frame = int(options.start / FRAME_SECONDS)
        """The frame of the recording at which what was asked for begins."""
        self.start = max(resume.done, self.start_frame * FRAME_SECONDS)
        """Seconds of the recording at which the first chunk begins."""
        self.is_over = False
        """Whether take() has given all chunks there are."""
        begin = self.start_frame * FRAME_SECONDS
        self.waveform = Waveform(begin)
        self.speakers: SpeakerTrack | None = None
        """Who speaks, where that was asked for."""
        if models.speakers:
            self.speakers = SpeakerTrack(models.speakers, options, begin, resume.voices)
            self._opened.callback(self.speakers.close)
        self._chunks = self._read(models, resume.carried.overlap)
        self._prefetch = Prefetch(self._chunks, models.engine.batch_size)

    def close(self) -> None:
        self._prefetch.close()
        self._chunks.close()
        self._opened.close()

    def take(self, count: int) -> list[Chunk]:
        """The next chunks: at most `count`; fewer at the end, and while what is transcribed already is passed over.

        Raises AudioError.
        """
        taken: list[Chunk] = []
        try:
            while len(taken) < count and (chunk := next(self._prefetch)):
                taken.append(chunk)
        except StopIteration:
            self.is_over = True
        else:
            self.is_over = self._prefetch.is_over
        return taken

    def _open(self, path: Path, track: int | None, speechless: Sequence[Track] = ()) -> Recording:
        """Opened until all are closed: a thread may still ask how long a recording is that is read no more."""
        return self._opened.enter_context(Recording(path, track, speechless))

    def _read(self, models: RecordingModels, left_overlap_frames: int | None) -> Generator[Chunk | None, None, None]:
        """The chunks; None after each block that is passed over, because it was transcribed before or has no voice.

        `left_overlap_frames`: of the first chunk, with what was transcribed before; None where nothing was.
        """
        begin, end = self.start_frame * FRAME_SECONDS, self.options.end
        if self.options.stream is None and len(self.recording.tracks) > 1:
            voice = yield from find_voice(self.recording, begin, end)
            self.recording = self._open(self.recording.path, voice.track.number, voice.speechless)
        first = round(self.start / FRAME_SECONDS) - (left_overlap_frames or 0)
        warm = max(self.start_frame, warm_up_start(first))
        blocks = self.waveform.watch(self.recording.blocks(begin, end))
        if self.speakers:
            blocks = self.speakers.watch(blocks)
        passed, rest = self.start_frame * FRAME_SAMPLES, NOTHING
        while passed < warm * FRAME_SAMPLES and (block := next(blocks, None)) is not None:
            passed += len(block)
            rest = block[len(block) - max(0, passed - warm * FRAME_SAMPLES) :]
            yield None
        speech = _from_frame(detect_speech(itertools.chain([rest], blocks), warm), first - warm)
        overlap = models.seam_overlap_frames(self.options)
        yield from chunks(speech, models.max_chunk_seconds, first, overlap, left_overlap_frames)


def _from_frame(blocks: Iterable[SpeechBlock], skipped: int) -> Iterator[SpeechBlock]:
    """The blocks without their first `skipped` frames."""
    for block in blocks:
        cut = min(skipped, len(block.speech_probs))
        skipped -= cut
        yield SpeechBlock(block.samples[cut * FRAME_SAMPLES :], block.speech_probs[cut:])
