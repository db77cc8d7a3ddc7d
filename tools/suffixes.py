"""Writes transcriber/audio/suffixes.py: which endings FFmpeg reads as sound.

    python -m tools.suffixes

FFmpeg says which endings its formats have, and not whether these can hold sound: that is here.
"""

from pathlib import Path

import av

from transcriber.audio.opening import HEADERLESS, REFUSED

TABLE = Path(__file__).resolve().parent.parent / "transcriber" / "audio" / "suffixes.py"
BEGIN, END = "# fmt: off\n", "# fmt: on\n"

PICTURES = """
    alias_pix apng brender_pix fits gif ico jpegxl_anim mjpeg mjpeg_2000 mpjpeg smjpeg
""".split()
SUBTITLES_AND_TEXT = """
    adf aqtitle ass bin concat dvbsub dvbtxt ffmetadata idf jacosub lrc mcc microdvd mpl2 mpsub pjs rcwt realtext sami
    sbg scc srt stl subviewer subviewer1 sup tedcaptions tty vobsub vplayer webvtt xbin
""".split()
PICTURES_THAT_MOVE = """
    apv av1 avs2 avs3 bitpacked cavsvideo cdg cdxl dirac dnxhd ea_cdata evc filmstrip flic h261 h263 h264 hevc hxvs
    ingenient ipu ivf m4v mpegvideo mxg nc obu rawvideo ser v210 v210x vc1 vc1test vvc yuv4mpegpipe
""".split()
NO_SOUND = {*PICTURES, *SUBTITLES_AND_TEXT, *PICTURES_THAT_MOVE, *REFUSED, *HEADERLESS}
"""Formats."""
SOMETHING_ELSE = set(
    "302 ads adp apl avif bit c2 dat heic heif idx imx ism mac mca mks mods psp rsd sds son str vb wa".split()
)
"""Endings: pictures, subtitles and manifests in a container that may hold sound; and those by which files of other
programs go, such as .dat, .vb (Visual Basic) or .mac (macros)."""


def from_ffmpeg() -> set[str]:
    """The endings, with their points."""
    found: set[str] = set()
    for name in av.formats_available - NO_SOUND:
        if not name.endswith("_pipe"):
            try:
                found |= av.format.ContainerFormat(name, "r").extensions
            except ValueError:  # it is written only
                continue
    return {f".{ending}" for ending in found - SOMETHING_ELSE}


def main() -> None:
    lines, line = [], "   "
    for ending in sorted(from_ffmpeg()):
        if len(line) + len(ending) + 4 > 120:
            lines.append(line)
            line = "   "
        line += f' "{ending}",'
    table = "FROM_FFMPEG = frozenset({\n" + "\n".join([*lines, line]) + "\n})\n"
    text = TABLE.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    TABLE.write_text(f"{head}{BEGIN}{table}{END}{rest.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
