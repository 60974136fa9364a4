"""quantitative_metrics: counts and rates of the words, turns by their times, sentiment by annotations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from services.analysis.analysis import Accumulator, MeasuredAnalysis, Note, Trigger
from services.analysis.llm.findings.quantitative import TASK
from services.analysis.measures.complexity import complexity, syllables
from services.analysis.measures.conversation import Conversation
from services.analysis.measures.coverage import notes_of, share
from services.analysis.measures.formality import formality, weigh_word
from services.analysis.measures.lexicon import WordCounts, count_words
from services.analysis.measures.listening import SpeakerTalk, talk_of
from services.analysis.measures.sentiment import SentimentMean
from services.analysis.measures.words import is_latin, is_spaced, sentences_of
from services.analysis.segment import ENGLISH, Segment

NAME = "quantitative_metrics"
_MINUTE = 60_000_000_000


@dataclass(frozen=True, slots=True)
class QuantitativeMeasures:
    """As QuantitativeMetrics in the contract says, field by field; durations in nanoseconds."""

    words: int
    unique_words: int
    segments: int
    sentences: int = 0
    questions: int = 0
    repetitions: int = 0
    hesitations: int | None = None
    fillers: int | None = None
    qualifiers: int | None = None
    certainty_words: int | None = None
    words_per_minute: float | None = None
    hesitations_per_minute: float | None = None
    type_token_ratio: float | None = None
    mean_word_length: float | None = None
    mean_sentence_length: float | None = None
    certainty_ratio: float | None = None
    formality: float | None = None
    complexity: float | None = None
    question_ratio: float | None = None
    sentiment: float | None = None
    sentiment_confidence: float | None = None
    speaking_time: int | None = None
    turns: int | None = None
    mean_turn: int | None = None
    overlap: int | None = None
    overlap_ratio: float | None = None
    interruptions: int | None = None
    speakers: tuple[SpeakerTalk, ...] = ()


@dataclass(slots=True)
class _Sums:
    """What is added up, so that measures cost the same after an hour as after a minute."""

    words: int = 0
    segments: int = 0
    sentences: int = 0
    questions: int = 0
    hesitations: int = 0
    fillers: int = 0
    qualifiers: int = 0
    certainty: int = 0
    repetitions: int = 0
    letters: int = 0
    english: int = 0
    english_sentences: int = 0
    syllables: int = 0
    function_words: int = 0
    function_weight: int = 0
    speaking: int = 0
    timed_words: int = 0
    timed_hesitations: int = 0
    unparted: int = 0

    def add_listed(self, counts: WordCounts) -> None:
        self.hesitations += counts.hesitations
        self.fillers += counts.fillers
        self.qualifiers += counts.qualifiers
        self.certainty += counts.certainty


class Quantitative(Accumulator):
    """Grows with the vocabulary, and with the number of segments by their times."""

    def __init__(self) -> None:
        self._sums = _Sums()
        self._vocabulary: set[str] = set()
        self._conversation = Conversation()
        self._sentiment = SentimentMean()

    @property
    def amount(self) -> int:
        return self._sums.words

    def accept(self, segment: Segment) -> None:
        if not is_spaced(segment.text):
            self._sums.unparted += 1
            return
        sums = self._sums
        sums.segments += 1
        sums.words += len(segment.words)
        counts = count_words(segment.words)
        sums.repetitions += counts.repetitions
        before = sums.english
        self._add_vocabulary(segment, segment.language == ENGLISH)
        self._add_sentences(segment, sums.english > before)
        if segment.language == ENGLISH:
            sums.add_listed(counts)
        if segment.length > 0:
            sums.timed_words += len(segment.words)
            sums.timed_hesitations += counts.hesitations
            sums.speaking += segment.length
        self._conversation.add(
            segment.start, segment.end, segment.channel, segment.speaker, segment.segment_id
        )
        if segment.meaning is not None:
            self._sentiment.add(segment.meaning, len(segment.words))

    def _add_vocabulary(self, segment: Segment, is_english: bool) -> None:
        sums = self._sums
        for word, count in Counter(segment.words).items():
            self._vocabulary.add(word)
            sums.letters += count * sum(map(str.isalnum, word))
            if is_english and is_latin(word):
                parts, weight = weigh_word(word)
                sums.english += count
                sums.syllables += count * syllables(word)
                sums.function_words += count * parts
                sums.function_weight += count * weight

    def _add_sentences(self, segment: Segment, is_english: bool) -> None:
        asked = [asks for _, _, asks in sentences_of(segment.text)]
        # Annotation knows questions without a mark; it does not make more sentences ask than there are.
        known = len(segment.meaning.questions) if segment.meaning is not None else 0
        self._sums.sentences += len(asked)
        self._sums.english_sentences += len(asked) if is_english else 0
        self._sums.questions += min(len(asked), max(sum(asked), known))

    def rename(self, segment_ids: Collection[str], speaker: str) -> bool:
        self._conversation.rename(segment_ids, speaker)
        return True

    def coarse(self) -> QuantitativeMeasures:
        """The counts of words."""
        return QuantitativeMeasures(self._sums.words, len(self._vocabulary), self._sums.segments)

    def measure(self) -> QuantitativeMeasures:
        sums, flow = self._sums, self._conversation.measure()
        english = self._is_english
        is_timed = flow.talk > 0
        sure, unsure = sums.certainty, sums.qualifiers
        return QuantitativeMeasures(
            words=sums.words,
            unique_words=len(self._vocabulary),
            segments=sums.segments,
            sentences=sums.sentences,
            questions=sums.questions,
            repetitions=sums.repetitions,
            hesitations=sums.hesitations if english else None,
            fillers=sums.fillers if english else None,
            qualifiers=unsure if english else None,
            certainty_words=sure if english else None,
            words_per_minute=share(sums.timed_words * _MINUTE, sums.speaking),
            hesitations_per_minute=(
                share(sums.timed_hesitations * _MINUTE, sums.speaking) if english else None
            ),
            type_token_ratio=share(len(self._vocabulary), sums.words),
            mean_word_length=share(sums.letters, sums.words),
            mean_sentence_length=share(sums.words, sums.sentences),
            certainty_ratio=share(sure, sure + unsure) if english else None,
            formality=formality(sums.function_words, sums.function_weight) if english else None,
            complexity=(
                complexity(sums.english, sums.english_sentences, sums.syllables) if english else None
            ),
            question_ratio=share(sums.questions, sums.sentences - sums.questions),
            sentiment=self._sentiment.mean,
            sentiment_confidence=self._sentiment.confidence,
            speaking_time=flow.talk,
            turns=flow.turns if is_timed else None,
            mean_turn=flow.turn_time // flow.turns if is_timed else None,
            overlap=flow.overlap if is_timed else None,
            overlap_ratio=share(flow.overlap, flow.speech),
            interruptions=flow.interruptions if is_timed else None,
            speakers=talk_of(flow),
        )

    def notes(self) -> tuple[Note, ...]:
        return notes_of(self._sums.unparted, bool(self._sums.words) and not self._is_english)

    @property
    def _is_english(self) -> bool:
        return self._sums.english > 0 and 2 * self._sums.english >= self._sums.words


def _script(segments: int) -> QuantitativeMeasures:
    """Ten words a segment, five of them new, at 120 words a minute."""
    return QuantitativeMeasures(10 * segments, 5 * segments, segments, words_per_minute=120.0)


ANALYSIS = MeasuredAnalysis(
    name=NAME,
    start=Quantitative,
    needs=1,
    early=30,
    unit="words",
    default=Trigger.SESSION,
    triggers=frozenset(Trigger),
    llm=TASK,
    script=_script,
)
