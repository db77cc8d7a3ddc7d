"""Any recording → blocks of mono float32 samples at 16 kHz.

opening.py      the file, and nothing but the file, opened as a container of sound tracks (FFmpeg, through PyAV)
tracks.py       the sound tracks in it; boxes.py what mp4 and mov say that FFmpeg does not
recording.py    Recording: one of the tracks, its blocks
pieces.py       the recordings that were joined in a file; piece.py a part of a file, as a file
mpeg.py         those of an mp3, frame by frame; adts.py counts the frames of an AAC stream
playable.py     a copy for players that do not find its places
stated_length.py  where the sound of a wav really ends, whatever its header states
sound.py        one piece, opened at one of its tracks
timecode.py     what a recording's own clock shows at its beginning
decoding.py     packets → frames with their times, past damage
timeline.py     frames → whole seconds, each sample at its time: holes are filled, overlaps dropped
mixing.py       whole seconds of several channels → one channel
truncation.py   whether a file ends before its own headers say

Only these know FFmpeg. Memory does not grow with the recording.
"""
