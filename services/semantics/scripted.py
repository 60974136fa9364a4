"""The scripted twin of the rules: the same finding for every segment, after a set delay."""

from services.semantics.meaning import Found, Intent, Kind, Meaning
from services.semantics.words import Span

MEANING = Meaning((Intent.GENERAL,), (Found(Kind.KEYWORD, "", Span(0, 0, 0, 0), "scripted", "scripted"),))


class ScriptedRules:
    """A SemanticEngine that always finds `MEANING`."""

    def __init__(self, delay: float) -> None:
        self.delay = delay

    def annotate(self, text: str) -> Meaning:
        return MEANING
