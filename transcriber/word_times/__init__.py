"""Word times that can be true.

Engines find when a word is said by attention, by frames or by what the model writes, and each of these is now and then
wrong by seconds: a word reaches over a pause into the next sentence, begins before the one in front of it, or has no
length at all. order.py puts the times of words in order; plausible.py also holds them against the speech and against
how long a word can last (lengths.py). Both keep the words, their order and their texts, and every time that nothing
speaks against.
"""
