"""Which files of a folder are taken for recordings: by their names alone. A file that is named itself may have any."""

from pathlib import Path

# fmt: off
SUFFIXES = frozenset({
    ".3gp", ".aac", ".ac3", ".aif", ".aifc", ".aiff", ".amr", ".ape", ".asf", ".au", ".avi", ".caf", ".dts", ".flac",
    ".flv", ".m2ts", ".m4a", ".m4b", ".m4v", ".mka", ".mkv", ".mov", ".mp2", ".mp3", ".mp4", ".mpeg", ".mpg", ".mpga",
    ".mts", ".mxf", ".oga", ".ogg", ".ogv", ".opus", ".ra", ".rm", ".spx", ".tta", ".vob", ".w64", ".wav", ".webm",
    ".wma", ".wmv", ".wv",
})
# fmt: on


def recordings(folder: Path) -> list[Path]:
    """Those in a folder and in the folders below it, in the order of their names; nothing that is hidden."""
    return sorted(path for path in folder.rglob("*") if _is_recording(path, folder))


def _is_recording(path: Path, folder: Path) -> bool:
    is_hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return path.suffix.lower() in SUFFIXES and not is_hidden and path.is_file()
