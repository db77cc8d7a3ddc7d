"""The vocabulary of the demo models: ten digits and ten commands, and the two pieces that each is spelt with."""

SAMPLE_RATE = 16_000

PIECES = {
    "zero": ("ze", "ro"),
    "one": ("o", "ne"),
    "two": ("tw", "o"),
    "three": ("th", "ree"),
    "four": ("fo", "ur"),
    "five": ("fi", "ve"),
    "six": ("si", "x"),
    "seven": ("se", "ven"),
    "eight": ("ei", "ght"),
    "nine": ("ni", "ne"),
    "yes": ("ye", "s"),
    "no": ("n", "o"),
    "up": ("u", "p"),
    "down": ("do", "wn"),
    "left": ("le", "ft"),
    "right": ("ri", "ght"),
    "on": ("o", "n"),
    "off": ("o", "ff"),
    "stop": ("st", "op"),
    "go": ("g", "o"),
}
WORDS = tuple(PIECES)
DIGITS = WORDS[:10]
