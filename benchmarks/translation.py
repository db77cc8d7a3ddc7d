"""Whether speech in other languages is translated into English: ours beside the others, with the same real weights.

    python -m benchmarks.translation ../shared/data [--model whisper-base] [--models-dir DIR]
        [--ways ours …] [--languages de es fr pt] [--keep DIR]

The sentences of fleurs in these languages, language found by each program itself. There is no human translation of
them to compare with, so a table says of how many the language was found, how many results are English by py3langid, how
many are the words of the source (fewer than a third of WER against it: written down instead of translated), and how far
they are from what openai-whisper's own beam search makes of them (a word error rate, which counts every other good
wording as wrong: it tells that two programs do the same, not that one is worse).
"""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from benchmarks.real_speech import Keeper, arguments, fleurs, known_way, rendered, start_peers
from benchmarks.scoring import Score, score

REFERENCE = "openai-whisper-beam5"
WAYS = ("ours", "openai-whisper", REFERENCE, "faster-whisper-batched", "faster-whisper-sequential")
SAME_WER = 1 / 3
HEAD = f"""\
| language | way | sentences | language found | English | not translated | WER % against {REFERENCE} |
|---|---|---|---|---|---|---|"""


@dataclass
class Row:
    sentences: int = 0
    found: int = 0
    english: int = 0
    copied: int = 0
    difference: Score = field(default_factory=Score)

    def cells(self) -> list[str]:
        counts = (self.sentences, self.found, self.english, self.copied)
        return [*map(str, counts), f"{100 * self.difference.wer:.1f}"]


def main() -> None:
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--ways", nargs="+", type=known_way, default=list(WAYS))
    parser.add_argument("--languages", nargs="+", default=["de", "es", "fr", "pt"], help="those that are spoken")
    args = parser.parse_args()
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    ways = [REFERENCE, *(way for way in args.ways if way != REFERENCE)]
    peers, keeper = start_peers(ways, args), Keeper(args.keep)
    rows: dict[tuple[str, str], Row] = {}
    with tempfile.TemporaryDirectory() as folder:
        for recording in fleurs(args.data):
            if recording.language not in args.languages:
                continue
            path = rendered(recording, "clean", Path(folder))
            expected = ""
            for way, peer in peers.items():
                answer = peer.hear(path, "auto", "translate")
                expected = answer["text"] if way == REFERENCE else expected
                row = rows.setdefault((recording.language, way), Row())
                row.sentences += 1
                row.found += answer["language"] == recording.language
                row.english += identifier.classify(answer["text"])[0] == "en"
                row.copied += score(recording.text, answer["text"], recording.language).wer < SAME_WER
                row.difference += score(expected, answer["text"])
                about = {"recording": recording.path.name, "way": way, "reference": recording.text}
                keeper.write(f"translation-{way}", {**about, "text": answer["text"], "language": answer["language"]})
    print(HEAD)
    for (language, way), row in rows.items():
        print("|", " | ".join([language, way, *row.cells()]), "|")
    for peer in peers.values():
        peer.close()


if __name__ == "__main__":
    main()
