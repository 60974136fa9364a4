"""text_audio_features, as far as a transcript shows it: pauses, rates, and what fills pauses.

pause              from 0.25 s, the limit of Goldman-Eisler, Psycholinguistics (1968): between two words of a
                   segment, where it has times of words; between two segments of one speaker with nobody
                   else on the channel between them, where that is less than the 2 s that end a turn
speech rate        words by the time of speech and pauses
articulation rate  words by the time of speech alone; both as de Jong & Wempe, Praat script to detect
                   syllable nuclei and measure speech rate automatically, Behavior Research Methods 41
                   (2009), here with the words and syllables that were written
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

from services.analysis.analysis import Accumulator, MeasuredAnalysis, Note, Trigger
from services.analysis.llm.findings.text_audio import TASK
from services.analysis.measures.complexity import syllables
from services.analysis.measures.conversation import SECOND, TURN_GAP
from services.analysis.measures.coverage import Coverage, share
from services.analysis.measures.lexicon import count_words
from services.analysis.measures.words import is_spaced
from services.analysis.segment import Segment

NAME = "text_audio_features"
LEAST_PAUSE = SECOND // 4
_MINUTE = 60 * SECOND


@dataclass(frozen=True, slots=True)
class PauseStatistics:
    """As PauseStatistics in the contract; nanoseconds."""

    count: int
    total: int
    mean: int | None = None
    longest: int | None = None
    per_minute: float | None = None


@dataclass(frozen=True, slots=True)
class TextAudioMeasures:
    """As TextAudioFeatures in the contract."""

    words: int
    pauses: PauseStatistics | None = None
    words_per_minute: float | None = None
    articulation_rate: float | None = None
    syllables_per_second: float | None = None
    hesitations: int | None = None
    fillers: int | None = None
    fillers_per_minute: float | None = None
    has_word_times: bool | None = None


class TextAudioCounter(Accumulator):
    """Grows with the number of channels. Only segments with a length count."""

    def __init__(self) -> None:
        self._coverage = Coverage()
        self._ends: dict[int, tuple[str, int]] = {}
        """Of each channel, who spoke last, and until when."""
        self._speech = 0
        self._within = 0
        self._between = 0
        self._count = 0
        self._longest = 0
        self._hesitations = 0
        self._fillers = 0
        self._syllables = 0
        self._english_time = 0
        self._word_times = False

    @property
    def amount(self) -> int:
        return self._coverage.words

    def accept(self, segment: Segment) -> None:
        if segment.length <= 0:
            return
        is_english = self._coverage.take(segment)
        if not segment.words or not is_spaced(segment.text):
            return
        self._speech += segment.length
        self._pause_before(segment)
        within = self._pauses_within(segment)
        if is_english:
            counts = count_words(segment.words)
            self._hesitations += counts.hesitations
            self._fillers += counts.fillers
            self._syllables += sum(map(syllables, segment.words))
            self._english_time += segment.length - within

    def rename(self, segment_ids: Collection[str], speaker: str) -> bool:
        return False  # pauses between segments of one speaker are added up

    def coarse(self) -> TextAudioMeasures:
        """The rate of speech."""
        whole = self.measure()
        return TextAudioMeasures(whole.words, words_per_minute=whole.words_per_minute)

    def measure(self) -> TextAudioMeasures:
        words, speech = self._coverage.words, self._speech
        time = speech + self._between
        spoken = speech - self._within
        total = self._within + self._between
        pauses = PauseStatistics(
            count=self._count,
            total=total,
            mean=total // self._count if self._count else None,
            longest=self._longest or None,
            per_minute=share(self._count * _MINUTE, time),
        )
        english = self._coverage.is_english
        filled = self._hesitations + self._fillers
        return TextAudioMeasures(
            words=words,
            pauses=pauses,
            words_per_minute=share(words * _MINUTE, time),
            articulation_rate=share(words * _MINUTE, spoken),
            syllables_per_second=share(self._syllables * SECOND, self._english_time) if english else None,
            hesitations=self._hesitations if english else None,
            fillers=self._fillers if english else None,
            fillers_per_minute=share(filled * _MINUTE, time) if english else None,
            has_word_times=self._word_times,
        )

    def notes(self) -> tuple[Note, ...]:
        return self._coverage.notes()

    def _pause_before(self, segment: Segment) -> None:
        speaker, end = self._ends.get(segment.channel, (None, 0))
        pause = segment.start - end
        if speaker == segment.speaker and LEAST_PAUSE <= pause < TURN_GAP:
            self._between += pause
            self._add(pause)
        if segment.end >= end or speaker is None:
            self._ends[segment.channel] = (segment.speaker, segment.end)

    def _pauses_within(self, segment: Segment) -> int:
        within = 0
        for (_, end), (begin, _) in pairwise(segment.word_times):
            if begin - end >= LEAST_PAUSE:
                within += begin - end
                self._add(begin - end)
        self._word_times = self._word_times or bool(segment.word_times)
        # Times of words may go past those of their segment, but it is not all pause.
        within = min(within, segment.length)
        self._within += within
        return within

    def _add(self, pause: int) -> None:
        self._count += 1
        self._longest = max(self._longest, pause)


def _script(segments: int) -> TextAudioMeasures:
    """Ten words a segment, at 120 words a minute, without a pause."""
    return TextAudioMeasures(10 * segments, PauseStatistics(0, 0), 120.0, 120.0, hesitations=0, fillers=0)


ANALYSIS = MeasuredAnalysis(
    name=NAME,
    start=TextAudioCounter,
    needs=10,
    unit="words with times",
    default=Trigger.SESSION,
    triggers=frozenset(Trigger),
    llm=TASK,
    script=_script,
)
