"""Which words of a hypothesis are settled, and which are fit to be shown. Pure.

A word is settled where no audio to come can change it any more. Two witnesses say so: the alignment, which
shows whether the decoder looked at the edge of the audio when it wrote the word (the idea of AlignAtt, Papi
et al., Interspeech 2023), and the hypotheses before, which said the same (LocalAgreement, Liu et al.,
Interspeech 2020). Agreement is counted in audio, not in hypotheses: two passes close together agree on "Do"
where "Who" is being said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.asr.engine import SAMPLE_RATE_HERTZ
from services.asr.whisper.marks import plain
from services.asr.whisper.passes import Spoken


def _samples(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE_HERTZ)


@dataclass(frozen=True, slots=True)
class CommitPolicy:
    """Lengths in samples: the distance from a word's end to the end of the audio, and the audio over which
    all hypotheses had the word in its place.

    Attributes:
        distance, agreement: what a word must have to be settled.
        doubt: what its distance must have more for each hundredth that its probability is below 1.
        first_agreement, first_doubt: the same for an utterance's first word, which has nothing before it to
            lean on.
        last_distance: the same for the last word, after which there is neither word nor mark yet.
        mark: least probability of the mark after a word by which a pause settles that word.
        show_distance: what a word must have to be shown.
        show_probability, show_agreement: either of them it must have too.

    Chosen on 14 recordings of two micro Whispers (flite and espeak-ng voices, 879 words) with a pass at each
    100 ms: words are settled 0.35 s after their end in the median, fewer are wrong than in one-shot
    transcription, and 2 % of the shown words change. With less for a first word, one that was half heard was
    settled; with a `last_distance` of 0.25 s 2 marks were lost, with 0.2 s 6.
    """

    distance: int = _samples(0.1)
    agreement: int = _samples(0.2)
    doubt: int = _samples(0.01)
    first_agreement: int = _samples(0.3)
    first_doubt: int = _samples(0.05)
    last_distance: int = _samples(0.3)
    mark: float = 0.8
    show_distance: int = 0
    show_probability: float = 0.95
    show_agreement: int = _samples(0.2)


# No speaker is as quick: 15 characters a second are usual in English, and twice that is hardly understood.
# What is quicker was not heard: the decoder made it up, or says once more what it has said. The alignment
# puts the border between two words now too early, now too late, so one word alone may be quicker.
_PAIR_CHARACTER = _samples(0.025)
_WORD_CHARACTER = _samples(0.015)


class Agreement:
    """The hypotheses of one utterance about what is not settled yet."""

    def __init__(self, policy: CommitPolicy) -> None:
        self._policy = policy
        self._since: list[tuple[str, int]] = []  # each word, and the position from which it was there

    def settled(self, words: Sequence[Spoken], position: int, *, is_begin: bool) -> int:
        """How many first words of the newest hypothesis are settled; it is about the audio to `position`.

        `is_begin`: nothing of the utterance was settled before.
        """
        self._compare(words, position)
        policy = self._policy
        count = 0
        heard = plausible(words)
        while count < heard:
            word = words[count]
            is_last = count == len(words) - 1
            if is_last and word.mark is not None:
                break  # the mark is a guess until something follows, speech or a pause
            is_first = is_begin and count == 0
            agreement = policy.first_agreement if is_first else policy.agreement
            doubt = policy.first_doubt if is_first else policy.doubt
            if (
                position - word.end
                < (policy.last_distance if is_last else policy.distance)
                + round(100 * (1 - word.probability)) * doubt
                or position - self._since[count][1] < agreement
            ):
                break
            count += 1
        del self._since[:count]
        return count

    def shown(self, words: Sequence[Spoken], position: int) -> int:
        """How many first words of what is not settled are fit to be shown."""
        policy = self._policy
        heard = plausible(words)
        for index, word in enumerate(words[:heard]):
            is_sure = word.probability >= policy.show_probability
            agrees = position - self._since[index][1] >= policy.show_agreement
            if position - word.end < policy.show_distance or not (is_sure or agrees):
                return index
        return heard

    def clear(self) -> None:
        """What is said from here on has nothing to do with what was said before."""
        self._since.clear()

    def _compare(self, words: Sequence[Spoken], position: int) -> None:
        before = self._since
        self._since = []
        for index, word in enumerate(words):
            text = plain(word.text)
            agrees = index < len(before) and before[index][0] == text
            self._since.append(before[index] if agrees else (text, position))


def has_mark(word: Spoken, policy: CommitPolicy) -> bool:
    """Whether there is a mark after a word, and no doubt about either."""
    return word.mark is not None and min(word.mark, word.probability) >= policy.mark


def plausible(words: Sequence[Spoken]) -> int:
    """How many first words of a hypothesis can have been heard."""
    return next((index for index in range(len(words)) if _is_too_quick(words, index)), len(words))


def heard(words: Sequence[Spoken], position: int) -> tuple[Spoken, ...]:
    """The words without those that end before a position and cannot have been heard."""
    return tuple(
        word for index, word in enumerate(words) if word.end > position or not _is_too_quick(words, index)
    )


def _is_too_quick(words: Sequence[Spoken], index: int) -> bool:
    """Whether there is too little audio for a word, or for it and the next one."""
    word, pair = words[index], words[index : index + 2]
    characters = sum(len(plain(each.text)) for each in pair)
    return (
        word.end - word.start < max(_WORD_CHARACTER * len(plain(word.text)), 1)
        or pair[-1].end - word.start < _PAIR_CHARACTER * characters
    )
