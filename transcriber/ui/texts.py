"""What the page says."""

from transcriber.models.frozen_model import SETUP_COMMAND
from transcriber.models.store import ModelStore

DEMO_BANNER = f"""<div class="banner" role="alert"><strong>Demo models.</strong> These small models know twenty words:
the ten digits, and yes, no, up, down, left, right, on, off, stop, go. They are for trying the program.
For real recordings set real models up once: <code>{SETUP_COMMAND}</code>, or a small one to begin with:
<code>{SETUP_COMMAND} --starter</code></div>"""

HEADER = """# Transcribe
Audio and video to text with times, on this computer alone. The models are frozen local files: nothing is looked up,
nothing is sent."""

HOW_TO_USE = """
1. **Drop** audio or video files or whole folders on the field, **record** with the microphone, or type a **path** on
   this computer.
2. Choose the **model**. It is loaded from its local file when it is first used, and then stays in memory. The tab
   **Models** says which there are, and sets up more.
3. **Options** say more, where it is needed: the spoken language, a translation, a part of the recording, its sound
   track, who speaks, and the names and terms that are likely to be said. What differs from the usual stands in their
   first line.
4. Press **Transcribe**. The text appears as it is made. You may close the page meanwhile, or even the program: what is
   unfinished goes on when it is started again.
5. **Click a word** to hear it. Space plays and pauses, ← and → go five seconds, with Shift one word.
6. **Save** the transcript: as text, as subtitles, for Word, as a web page, as a table, as markers for a video editor,
   or with everything that is known of it (JSON); or copy the text.

The list keeps every recording until you **Remove** it. **Cancel** keeps what is done; **Retry** goes on from there, or
starts anew if another model or other options are chosen.

Any common audio or video format can be read, of any length, channel count and sample rate.
"""

PRIVACY = f"""
- **Offline.** Recordings, texts and models stay on this computer. The program opens no connection to any other; the
  process that reads recordings and runs the models cannot, because the system takes its network away.
- **Frozen.** `{SETUP_COMMAND}` downloads each model once, at a fixed revision, and freezes it into a file. After that
  no model is ever looked up, updated or downloaded again.
- **Fast.** A model runs on an NVIDIA (CUDA) card where there is one, else on the processor; the figures under each
  transcript say which. The first transcript of a session waits until its model is in memory.
"""

CONFIGURATIONS = """## Configurations
A configuration is a way to run a model. The active one is used, unless you choose another for a recording."""

MODELS = """## Models
Each is a file in the models folder, and never changes. **Verify** compares every byte with what was frozen."""


def model_information(store: ModelStore) -> str:
    """A table of the catalogue, with what is really in the models folder."""
    rows = [
        "| | Model in this folder | Languages | Published error rate | Published speed | Memory | Licence |",
        "|---|---|---|---|---|---|---|",
    ]
    models = [store.find(name) for name in dict.fromkeys((*store.required(), *store.present()))]
    for model in models:
        spec, manifest = model.spec, model.manifest
        is_set_up = manifest or model.path.is_file()
        title = (manifest or spec).title if is_set_up else f"not set up: `{SETUP_COMMAND} {model.name}`"
        wer, rtfx = (f"{spec.wer} %", f"{spec.rtfx:,} × real time") if spec.wer else ("–", "–")
        rows.append(
            f"| **{model.name.capitalize()}** | {title} | {spec.language_summary} | {wer} | {rtfx} | "
            f"{spec.needed_gb:.0f} GB | {spec.licence} |"
        )
    titles = ", ".join(model.spec.title for model in models)
    return (
        "\n".join(rows)
        + f"""

Languages, accuracy, speed, memory and licence are those of {titles}. Error rate: mean English word error rate of the
Open ASR Leaderboard, lower is better. Speed: seconds of audio a second on an NVIDIA A100 with batches of 128, the same
source; one recording on a smaller card or a processor is slower."""
    )
