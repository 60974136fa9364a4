"""quantitative_metrics: counts and rates of the words."""

import re
from dataclasses import dataclass

from services.analysis.analysis import Analysis, Segment, Trigger

NAME = "quantitative_metrics"

# um, uh, er and ah, also drawn out, as some recognisers write them ("uhh", "erm").
_HESITATION = re.compile(r"(?:u+m+|u+h+m?|e+r+m?|a+h+)")
_MINUTE = 60_000_000_000


@dataclass(frozen=True, slots=True)
class QuantitativeMeasures:
    """Counts from 0; a rate is None where it is not computed.

    Attributes:
        words: words, hesitations among them.
        unique_words: different words, case ignored.
        hesitations: um, uh, er, ah.
        words_per_minute: of speaking time, which is the sum of the lengths of segments; segments without a
            length are left out on both sides of the division.
        type_token_ratio: unique_words / words, 0 to 1.
        mean_word_length: letters and digits of a word.
    """

    words: int
    unique_words: int
    segments: int
    hesitations: int
    words_per_minute: float | None = None
    type_token_ratio: float | None = None
    mean_word_length: float | None = None


class Quantitative:
    """An Accumulator; grows with the vocabulary only."""

    def __init__(self) -> None:
        self._words = 0
        self._segments = 0
        self._hesitations = 0
        self._letters = 0
        self._timed_words = 0
        self._speaking = 0
        self._vocabulary: set[str] = set()

    @property
    def amount(self) -> int:
        return self._words

    def accept(self, segment: Segment) -> None:
        self._segments += 1
        self._words += len(segment.words)
        self._vocabulary.update(segment.words)
        for word in segment.words:
            self._hesitations += _HESITATION.fullmatch(word) is not None
            self._letters += sum(map(str.isalnum, word))
        if segment.length > 0:
            self._timed_words += len(segment.words)
            self._speaking += segment.length

    def coarse(self) -> QuantitativeMeasures:
        """The counts."""
        return QuantitativeMeasures(self._words, len(self._vocabulary), self._segments, self._hesitations)

    def measure(self) -> QuantitativeMeasures:
        """The counts and the rates."""
        return QuantitativeMeasures(
            self._words,
            len(self._vocabulary),
            self._segments,
            self._hesitations,
            words_per_minute=self._timed_words * _MINUTE / self._speaking if self._speaking else None,
            type_token_ratio=len(self._vocabulary) / self._words if self._words else None,
            mean_word_length=self._letters / self._words if self._words else None,
        )


def _script(segments: int) -> QuantitativeMeasures:
    """Ten words a segment, five of them new, at 120 words a minute."""
    return QuantitativeMeasures(10 * segments, 5 * segments, segments, 0, 120.0, 0.5, 4.0)


ANALYSIS = Analysis(
    name=NAME,
    start=Quantitative,
    needs=1,
    unit="words",
    default=Trigger.SESSION,
    triggers=frozenset(Trigger),
    script=_script,
)
