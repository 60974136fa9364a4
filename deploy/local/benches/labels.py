"""How well annotation agrees with labelled dialogues: counts of hits, false alarms and misses, nothing else.

tests/data/dialogues/README.md says what the labels mean. This file prints and returns figures only, never a
text or a label: that is what lets the held-out parts be scored by whoever writes rules.

Counted once an utterance: each topic, each risk, whether it is a question, its primary intent. An entity is
hit where type and value are the labelled ones and the characters overlap. An action item is hit where the
words of "what" agree (F1 of the two bags of words at least one half), each labelled one at most once.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from services.semantics.meaning import Found, Intent, Kind, Meaning, SemanticEngine, Situation
from services.semantics.sentiment import NEUTRAL

_ALIKE = 0.5


@dataclass(slots=True)
class Agreement:
    """Counts of one kind."""

    hits: int = 0
    false_alarms: int = 0
    misses: int = 0

    @property
    def precision(self) -> float:
        """Hits over all that was found; 1 where nothing was."""
        return self.hits / (self.hits + self.false_alarms) if self.hits + self.false_alarms else 1.0

    @property
    def recall(self) -> float:
        """Hits over all that is labelled; 1 where nothing is."""
        return self.hits / (self.hits + self.misses) if self.hits + self.misses else 1.0

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True, slots=True)
class Score:
    """Agreement by kind, and shares of utterances (accuracy, 0 to 1) by name."""

    kinds: dict[str, Agreement]
    accuracies: dict[str, float]


def score(folder: Path, engine: SemanticEngine) -> Score:
    """Annotate every dialogue of a folder. Raises OSError, ValueError where it cannot be read."""
    kinds: defaultdict[str, Agreement] = defaultdict(Agreement)
    right: Counter[str] = Counter()
    count = 0
    for text, situation, labels in _utterances(folder):
        meaning = engine.annotate(text, situation)
        count += 1
        _count(kinds["topic"], _labels(meaning, Kind.TOPIC), {each["label"] for each in labels["topics"]})
        _count(kinds["risk"], _labels(meaning, Kind.RISK), set(labels["risks"]))
        asks = Intent.QUESTION in meaning.intents
        _count(
            kinds["question"], {"question"} if asks else set(), {"question"} if labels["question"] else set()
        )
        _count_entities(kinds["entity"], text, meaning, labels["entities"])
        _count_actions(kinds["action"], meaning, labels["action_items"])
        right["primary_intent"] += meaning.intents[0] == labels["primary_intent"]
        right["sentiment"] += _polarity(meaning) == labels["sentiment"]
    return Score(dict(kinds), {name: hits / max(1, count) for name, hits in right.items()})


def _utterances(folder: Path) -> Iterator[tuple[str, Situation, dict[str, Any]]]:
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise ValueError(f"{folder} has no dialogues")
    for path in paths:
        dialogue = json.loads(path.read_text("utf-8"))
        names = frozenset(each["speaker"].lower() for each in dialogue["utterances"])
        situation = Situation(date.fromisoformat(dialogue["held_on"]), names)
        for utterance in dialogue["utterances"]:
            yield utterance["text"], situation, utterance["labels"]


def _labels(meaning: Meaning, kind: Kind) -> set[str]:
    return {each.label for each in meaning.found if each.kind is kind}


def _count(agreement: Agreement, found: set[str], labelled: set[str]) -> None:
    agreement.hits += len(found & labelled)
    agreement.false_alarms += len(found - labelled)
    agreement.misses += len(labelled - found)


def _count_entities(
    agreement: Agreement, text: str, meaning: Meaning, labelled: Sequence[dict[str, Any]]
) -> None:
    rest = [each for each in meaning.found if each.kind is Kind.ENTITY]
    for wanted in labelled:
        hit = next((each for each in rest if _is_entity(each, text, wanted)), None)
        agreement.hits += hit is not None
        agreement.misses += hit is None
        if hit is not None:
            rest.remove(hit)
    agreement.false_alarms += len(rest)


def _is_entity(found: Found, text: str, wanted: dict[str, Any]) -> bool:
    if (found.label, found.normalized) != (wanted["type"], wanted["normalized"]):
        return False
    start = -1
    for _ in range(wanted.get("occurrence", 0) + 1):
        start = text.index(wanted["text"], start + 1)
    return found.span.start_char < start + len(wanted["text"]) and start < found.span.end_char


def _count_actions(agreement: Agreement, meaning: Meaning, labelled: Sequence[dict[str, Any]]) -> None:
    rest = [each.attributes["what"] for each in meaning.found if each.kind is Kind.ACTION_ITEM]
    for wanted in labelled:
        best = max(rest, key=lambda what: _likeness(what, wanted["what"]), default=None)
        is_hit = best is not None and _likeness(best, wanted["what"]) >= _ALIKE
        agreement.hits += is_hit
        agreement.misses += not is_hit
        if is_hit and best is not None:
            rest.remove(best)
    agreement.false_alarms += len(rest)


def _likeness(one: str, other: str) -> float:
    """F1 of the words of two texts."""
    bags = [Counter(re.findall(r"\w+", text.lower())) for text in (one, other)]
    total = _size(bags[0]) + _size(bags[1])
    return 2 * _size(bags[0] & bags[1]) / total if total else 0.0


def _size(bag: Iterable[str]) -> int:
    return sum(bag.values()) if isinstance(bag, Counter) else 0


def _polarity(meaning: Meaning) -> int:
    if meaning.sentiment is None:
        return 0
    return (meaning.sentiment.score > NEUTRAL) - (meaning.sentiment.score < -NEUTRAL)
