"""The labelled dialogues follow their guidelines, and their parts share no sentence.

Messages about the held-out parts name dialogue and utterance, never their words.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent / "dialogues"
PARTS = ("dev", "dev2", "dev3", "heldout3")
FIRST_FIELDS = {"support", "sales", "meeting", "hiring", "health", "education", "finance", "booking"}
FIELDS = {
    "dev": FIRST_FIELDS,
    "dev2": FIRST_FIELDS,
    "dev3": FIRST_FIELDS - {"finance"} | {"interview", "utilities", "logistics"},
    "heldout3": FIRST_FIELDS | {"interview", "utilities", "logistics"},
}
LENGTHS = {"dev": (14, 24), "dev2": (14, 24), "dev3": (15, 30), "heldout3": (15, 30)}
FORMS = {"written", "spoken"}
TOPICS = {
    "pricing", "billing", "refund", "delivery", "technical_issue", "account_access", "scheduling", "deadline",
    "contract", "staffing", "health_symptoms", "medication", "education", "insurance", "travel",
}  # fmt: skip
RISKS = {"escalation", "churn_risk", "legal_threat", "payment_risk", "safety"}
PRECEDENCE = ["question", "clarification", "action_item", "commitment", "decision", "agreement", "general"]
NORMALIZED = {
    "money": r"\d+\.\d\d( [A-Z]{3})?",
    "date": r"(\d{4}|-)-\d\d-\d\d|---\d\d",
    "time": r"([01]\d|2[0-3]):[0-5]\d",
    "duration": r"P\d+[DWMY]|PT\d+[HMS]",
    "percent": r"\d+(\.\d+)?",
    "phone": r"\+?\d{7,15}",
    "email": r"[a-z0-9._-]+@[a-z0-9.-]+\.[a-z]+",
    "url": r"[a-z0-9.-]+\.[a-z]+(/[a-z0-9./-]*)?",
    "card": r"\d{13,19}",
    "iban": r"[A-Z]{2}\d\d[A-Z0-9]{11,30}",
}
LABELS = {
    "topics", "risks", "primary_intent", "intents", "question", "action_items", "decisions", "entities",
    "sentiment",
}  # fmt: skip
MINIMUM = 2  # labels of each kind in each part, but for rare entity types


def read(part: str) -> dict[str, dict[str, Any]]:
    return {path.stem: json.loads(path.read_text("utf-8")) for path in sorted((ROOT / part).glob("*.json"))}


DIALOGUES = {part: read(part) for part in PARTS}
NAMES = [(part, name) for part, dialogues in DIALOGUES.items() for name in dialogues]


def span(text: str, quoted: dict[str, Any]) -> tuple[int, int] | None:
    """Character span of quoted["text"], at its `occurrence` where it stands there more than once.

    None where it does not stand there, cuts a word in two, or could mean several places.
    """
    places = [match.start() for match in re.finditer(re.escape(quoted["text"]), text)]
    if len(places) <= quoted.get("occurrence", 0) or (len(places) > 1 and "occurrence" not in quoted):
        return None
    start = places[quoted.get("occurrence", 0)]
    end = start + len(quoted["text"])
    cuts = re.match(r"\w", text[end : end + 1]) or re.match(r"\w", text[start - 1 : start])
    return None if cuts else (start, end)


def sentences(dialogue: dict[str, Any]) -> set[str]:
    """Sentences of three words or more in lower case without punctuation; a spoken utterance is one."""
    pieces = (
        re.sub(r"[^\w\s]", "", piece).lower().split()
        for utterance in dialogue["utterances"]
        for piece in re.split(r"(?<=[.!?])\s", utterance["text"])
    )
    return {" ".join(piece) for piece in pieces if len(piece) >= 3}


def luhn(digits: str) -> bool:
    """Whether the check digit is right (ISO/IEC 7812-1, annex B)."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(number - 9 * (number > 9) for number in doubled) % 10 == 0


def mod_97(iban: str) -> bool:
    """Whether the check digits are right (ISO 13616)."""
    return int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 == 1


@pytest.mark.parametrize("part", PARTS)
def test_dialogues_are_whole(part: str) -> None:
    for name, dialogue in DIALOGUES[part].items():
        assert set(dialogue) == {"id", "field", "setting", "form", "held_on", "utterances"}, name
        assert dialogue["id"] == name
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", dialogue["held_on"]), name
        turns = dialogue["utterances"]
        assert LENGTHS[part][0] <= len(turns) <= LENGTHS[part][1], name
        assert all(turn["start_s"] < turn["end_s"] for turn in turns), name
        assert all(first["start_s"] < second["start_s"] for first, second in pairwise(turns)), name
        channels = {(turn["speaker"], turn["channel"]) for turn in turns}
        assert len(channels) == len(dict(channels)) == len({channel for _, channel in channels}) >= 2, name


@pytest.mark.parametrize("part", ["dev", "dev2"])
def test_parts_are_balanced(part: str) -> None:
    dialogues = list(DIALOGUES[part].values())
    assert Counter(dialogue["field"] for dialogue in dialogues) == Counter(FIELDS[part])
    assert Counter(dialogue["form"] for dialogue in dialogues) == {"written": 4, "spoken": 4}


@pytest.mark.parametrize("parts", [("dev", "dev2"), ("dev3",)])
def test_a_field_has_either_form_once(parts: tuple[str, ...]) -> None:
    seen = Counter(
        (dialogue["field"], dialogue["form"]) for part in parts for dialogue in DIALOGUES[part].values()
    )
    assert seen == Counter((field, form) for field in FIELDS[parts[0]] for form in FORMS)


def test_fields_and_forms_of_the_third_held_out_part() -> None:
    dialogues = list(DIALOGUES["heldout3"].values())
    assert {dialogue["field"] for dialogue in dialogues} == FIELDS["heldout3"]
    assert Counter(dialogue["form"] for dialogue in dialogues) == {"written": 7, "spoken": 7}


@pytest.mark.parametrize("part", PARTS)
def test_every_label_occurs(part: str) -> None:
    labels = [turn["labels"] for dialogue in DIALOGUES[part].values() for turn in dialogue["utterances"]]
    topics = Counter(topic["label"] for label in labels for topic in label["topics"])
    risks = Counter(risk for label in labels for risk in label["risks"])
    intents = Counter(label["primary_intent"] for label in labels)
    types = Counter(entity["type"] for label in labels for entity in label["entities"])
    for known, counted, minimum in (
        (TOPICS, topics, MINIMUM),
        (RISKS, risks, MINIMUM),
        (set(PRECEDENCE), intents, MINIMUM),
        (set(NORMALIZED), types, 1),
    ):
        assert set(counted) == known
        assert min(counted.values()) >= minimum, counted


@pytest.mark.parametrize(("part", "other"), list(combinations(PARTS, 2)))
def test_parts_share_no_sentence(part: str, other: str) -> None:
    known = set[str]().union(*map(sentences, DIALOGUES[part].values()))
    shared = {name: len(sentences(dialogue) & known) for name, dialogue in DIALOGUES[other].items()}
    assert len(known) > 100
    assert not any(shared.values()), shared


@pytest.mark.parametrize("part", PARTS)
def test_spoken_text_is_as_a_recogniser_writes(part: str) -> None:
    for name, dialogue in DIALOGUES[part].items():
        plain = [bool(re.fullmatch(r"[a-z' ]+", turn["text"])) for turn in dialogue["utterances"]]
        assert all(plain) if dialogue["form"] == "spoken" else not any(plain), name


@pytest.mark.parametrize(("part", "name"), NAMES)
def test_intents_follow_their_precedence(part: str, name: str) -> None:
    check(part, name, _intents)


@pytest.mark.parametrize(("part", "name"), NAMES)
def test_labels_are_known_and_quote_the_text(part: str, name: str) -> None:
    check(part, name, _labels)


@pytest.mark.parametrize(("part", "name"), NAMES)
def test_normalized_forms(part: str, name: str) -> None:
    check(part, name, _normalized)


def check(part: str, name: str, rules: Callable[[dict[str, Any]], dict[str, bool]]) -> None:
    """Every utterance keeps the rules; all that do not are named, counted from 0, without their words."""
    broken = [
        f"{part}/{name}.json, utterance {number}: not so: {rule}"
        for number, utterance in enumerate(DIALOGUES[part][name]["utterances"])
        for rule, is_kept in rules(utterance).items()
        if not is_kept
    ]
    assert not broken, "\n".join(broken)


def _intents(utterance: dict[str, Any]) -> dict[str, bool]:
    labels = utterance["labels"]
    intents = labels["intents"]
    return {
        "labels are all there": set(labels) == LABELS,
        "intents in order": set(intents) <= set(PRECEDENCE)
        and intents == sorted(set(intents), key=PRECEDENCE.index),
        "the first is the primary one": intents[:1] == [labels["primary_intent"]],
        "general stands alone": ("general" in intents) == (intents == ["general"]),
        "question": labels["question"] == ("question" in intents),
        "action items": bool(labels["action_items"]) == ("action_item" in intents),
        "decisions": bool(labels["decisions"]) == ("decision" in intents),
        "sentiment": labels["sentiment"] in (-1, 0, 1),
    }


def _labels(utterance: dict[str, Any]) -> dict[str, bool]:
    text, labels = utterance["text"], utterance["labels"]
    topics = [topic["label"] for topic in labels["topics"]]
    entities = [span(text, entity) for entity in labels["entities"]]
    quotes = list(labels["decisions"])
    for item in labels["action_items"]:
        quotes += [item["what"], item["when"] or "", item["who"] if item["who"] != "you" else ""]
    return {
        "risks are known": set(labels["risks"]) <= RISKS,
        "topics are known": set(topics) <= TOPICS,
        "topics are named once": len(topics) == len(set(topics)),
        "topics quote": None not in [span(text, topic) for topic in labels["topics"]],
        "entities quote": None not in entities,
        "entities stand apart": all(
            first[1] <= second[0] for first, second in pairwise(sorted(filter(None, entities)))
        ),
        "action items are whole": all(
            set(item) == {"who", "what", "when"} for item in labels["action_items"]
        ),
        "decisions and action items quote": all(quote in text for quote in quotes),
    }


def _normalized(utterance: dict[str, Any]) -> dict[str, bool]:
    checks = {"card": luhn, "iban": mod_97}
    return {
        f"entity {number}, {entity['type']}": bool(
            re.fullmatch(NORMALIZED[entity["type"]], entity["normalized"])
            and checks.get(entity["type"], bool)(entity["normalized"])
        )
        for number, entity in enumerate(utterance["labels"]["entities"])
    }
