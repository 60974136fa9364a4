"""The sentiment of many segments, from that of each."""

from services.analysis.segment import Meaning


class SentimentMean:
    """Mean sentiment, weighted by words, and how far it is to be trusted.

    confidence = agreement * evidence, where agreement is |sum of w s| / sum of w |s| (1: all the same way, 0:
    for and against in balance), and evidence is M / (M + 1) for the magnitudes M added up. It is 0 where
    nothing was found that tells, and it is a measure of what was found, not a probability.
    """

    def __init__(self) -> None:
        self._words = 0
        self._signed = 0.0
        self._unsigned = 0.0
        self._magnitude = 0.0

    def add(self, meaning: Meaning, words: int) -> None:
        """One segment of so many words; without words or without a sentiment it changes nothing."""
        if meaning.sentiment is None:
            return
        self._words += words
        self._signed += words * meaning.sentiment
        self._unsigned += words * abs(meaning.sentiment)
        self._magnitude += meaning.magnitude if words else 0.0

    @property
    def mean(self) -> float | None:
        """-1 to 1; None where no segment had a sentiment."""
        return max(-1.0, min(1.0, self._signed / self._words)) if self._words else None

    @property
    def confidence(self) -> float | None:
        """0 to 1; None where no segment had a sentiment."""
        if not self._words:
            return None
        if not self._unsigned:
            return 0.0
        return min(1.0, abs(self._signed) / self._unsigned) * self._magnitude / (self._magnitude + 1.0)
