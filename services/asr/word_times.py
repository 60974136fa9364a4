"""Times for words from an engine that gives none: an estimate from when each was heard of."""

from __future__ import annotations

from collections.abc import Sequence

from services.asr.engine import NANOSECONDS_PER_SAMPLE, Word

# Samples a character at most: about 8 characters a second, slow speech. Words that were heard of at once
# after a long silence are not spread over it.
_SLOWEST = 1_920


def place_words(words: Sequence[str], heard: Sequence[int], begin: int, end: int) -> tuple[Word, ...]:
    """Words with times in nanoseconds, in order, without overlap, from `begin` to `end`.

    `heard[i]`, never going back, says how many samples had been heard when word i came: it ends there at the
    latest. `begin` and `end` are those of the speech, in samples. All words are spoken at one rate, by
    characters: the slowest at which they all fit, but not slower than slow speech; each ends as late as it
    can.
    """
    lengths = [len(word) + 1 for word in words]
    limits = [min(max(position, begin), end) for position in heard]
    rate = float(_SLOWEST)
    total = 0
    for length, limit in zip(lengths, limits, strict=True):
        total += length
        rate = min(rate, (limit - begin) / total)
    placed: list[Word] = []
    latest = end
    for word, length, limit in zip(reversed(words), reversed(lengths), reversed(limits), strict=True):
        stop = min(limit, latest)
        latest = max(stop - int(rate * length), begin)
        placed.append(Word(word, latest * NANOSECONDS_PER_SAMPLE, stop * NANOSECONDS_PER_SAMPLE))
    return tuple(reversed(placed))
