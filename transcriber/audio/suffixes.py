"""How the names of recordings end. A file that is named itself may have any name.

The first table is FFmpeg's own (`python -m tools.suffixes` writes it), as the web process, which needs it too, loads no
FFmpeg. The second has what FFmpeg reads, but knows by its content alone.
"""

# fmt: off
FROM_FFMPEG = frozenset({
    ".3g2", ".3gp", ".722", ".aa", ".aa3", ".aac", ".aax", ".ac3", ".ac4", ".acm", ".adx", ".aea", ".afc", ".aix",
    ".apc", ".ape", ".aptx", ".aptxhd", ".ast", ".avi", ".avr", ".bcstm", ".bfstm", ".binka", ".bmv", ".bonk", ".brstm",
    ".daud", ".dav", ".dif", ".dss", ".dtk", ".dts", ".dtshd", ".dv", ".eac3", ".ec3", ".f4v", ".fap", ".flac", ".flv",
    ".fsb", ".fwse", ".g722", ".g723_1", ".g728", ".g729", ".genh", ".gsm", ".hca", ".iamf", ".ifv", ".ircam", ".isma",
    ".ismv", ".ivr", ".kux", ".laf", ".lc3", ".lvf", ".m2a", ".m4a", ".m4b", ".mj2", ".mk3d", ".mka", ".mkv", ".mlp",
    ".moflex", ".mov", ".mp2", ".mp3", ".mp4", ".mpa", ".mpc", ".msbc", ".msf", ".mtaf", ".musx", ".mvi", ".nist",
    ".nsp", ".nut", ".ogg", ".oma", ".omg", ".osq", ".paf", ".pdv", ".pvf", ".qoa", ".rco", ".rka", ".rso", ".sbc",
    ".sdns", ".sdr2", ".sdx", ".sf", ".sga", ".shn", ".sln", ".sph", ".ss2", ".svag", ".svs", ".tak", ".tco", ".thd",
    ".tta", ".ty", ".ty+", ".usm", ".vag", ".viv", ".vpk", ".vqe", ".vqf", ".vql", ".way", ".webm", ".wsd", ".xmd",
    ".xmv", ".xvag", ".yop",
})
# fmt: on
BY_CONTENT = frozenset(
    f".{name}"
    for name in """
        3ga 3gp2 3gpp 3gpp2 8svx aif aifc aiff amr asf au awb bw64 bwf caf divx dsf dff ds2 dvr-ms evo iff m1a m2t m2ts
        m4p m4r m4v mod mp1 mpe mpeg mpg mpg4 mpga mpp mts mxf nsv nuv oga ogm ogv ogx opus qcp qt qta ra rf64
        rm rmvb snd spx svx tod tp trp ts voc vob w64 wav wave weba wm wma wmv wtv wv wve xa xwma
    """.split()
)
SUFFIXES = FROM_FFMPEG | BY_CONTENT
