"""The scripted twin of the rules: the same finding for every segment, after a set delay."""

from services.semantics.meaning import NOWHERE, Found, Intent, Kind, Meaning, Sentiment, Situation
from services.semantics.words import Span

_FOUND = Found(Kind.KEYWORD, "", Span(0, 0, 0, 0), "scripted", "scripted")
MEANING = Meaning((Intent.GENERAL,), (_FOUND,), Sentiment(0.0, 0.0))


class ScriptedRules:
    """A SemanticEngine that always finds `MEANING`."""

    def __init__(self, delay: float) -> None:
        self.delay = delay

    def annotate(self, text: str, situation: Situation = NOWHERE) -> Meaning:
        return MEANING

    def classify_intent(self, text: str) -> tuple[Intent, ...]:
        return MEANING.intents

    def extract_keywords(self, text: str) -> tuple[str, ...]:
        return (_FOUND.label,)
