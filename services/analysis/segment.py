"""A final segment as analyses see it: its words, its times, and what semantic annotation found in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from services.analysis.acoustics.heard import Sound
from services.analysis.measures.words import sentences_of, words_of, written_out
from services.text.context import UNKNOWN

ENGLISH = "en"


class Intent(StrEnum):
    """What a segment is for, in the order of precedence."""

    QUESTION = "question"
    CLARIFICATION = "clarification"
    ACTION_ITEM = "action_item"
    COMMITMENT = "commitment"
    DECISION = "decision"
    AGREEMENT = "agreement"
    GENERAL = "general"


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word that a segment is about, as its base form, and how often it is in the segment, from 1."""

    label: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Meaning:
    """What was found in a segment. Questions and the three kinds after it are the sentences they are in.

    Attributes:
        intents: at least one, the primary one first.
        topics, risks: labels, one for each place.
        sentiment: -1 to 1; None where it was not computed.
        magnitude: how strongly, from 0.
    """

    intents: tuple[Intent, ...] = (Intent.GENERAL,)
    keywords: tuple[Keyword, ...] = ()
    topics: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    action_items: tuple[str, ...] = ()
    commitments: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()
    sentiment: float | None = None
    magnitude: float = 0.0


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words of a sentence in lower case, contractions written out; whether a mark says that it asks."""

    words: tuple[str, ...]
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment. Times are nanoseconds from the first sample, 0 <= start <= end.

    Attributes:
        words: of its text, see `words_of`.
        sentences: those with at least one word, see `sentences_of`.
        speaker: name, empty where nobody said who.
        meaning: None where there is no annotation.
        language: primary subtag of BCP-47, such as "en".
        is_replay: an earlier incarnation of the service was given it already.
        word_times: begin and end of each word in order, nanoseconds; empty where nobody gave any.
        sound: what is heard of it; None where there is no audio.
    """

    text: str
    words: tuple[str, ...] = ()
    speaker: str = ""
    channel: int = 0
    start: int = 0
    end: int = 0
    segment_id: str = ""
    revision: int = 1
    meaning: Meaning | None = None
    language: str = ENGLISH
    is_replay: bool = False
    sentences: tuple[Sentence, ...] = ()
    word_times: tuple[tuple[int, int], ...] = ()
    sound: Sound | None = field(default=None, repr=False, compare=False)

    @classmethod
    def of(
        cls,
        text: str,
        start: int = 0,
        end: int = 0,
        speaker: str = "",
        channel: int = 0,
        segment_id: str = "",
        revision: int = 1,
        meaning: Meaning | None = None,
        language: str = ENGLISH,
        is_replay: bool = False,
        word_times: tuple[tuple[int, int], ...] = (),
    ) -> Segment:
        """A segment of this text, with its words and sentences."""
        words = tuple(words_of(text))
        sentences = tuple(
            Sentence(tuple(written_out(words_of(text[begin:end_]))), asks)
            for begin, end_, asks in sentences_of(text)
        )
        return cls(
            text, words, speaker, channel, start, end, segment_id, revision, meaning, language, is_replay,
            sentences, word_times,
        )  # fmt: skip

    @property
    def length(self) -> int:
        """From its begin to its end, from 0."""
        return self.end - self.start

    @property
    def who(self) -> str:
        """The speaker, or what stands for one."""
        return self.speaker or UNKNOWN
