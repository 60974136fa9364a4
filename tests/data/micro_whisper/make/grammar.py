"""What the micro Whisper can hear: sentences of support calls and meetings, written as Whisper writes them.

A sentence is a pattern whose `{slots}` are filled at random. Numbers are written as words, so that a
word error rate needs no number normalisation. One sentence in ten is held out for measuring, and with
them every sentence of the sample call that is long enough to be known by heart.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from functools import cache
from pathlib import Path

SAMPLE_CALL = Path(__file__).parents[2] / "sample_call" / "reference.json"
HELD_OUT_WORDS = 4  # shorter phrases ("Of course.") are the same everywhere and never held out

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

SLOTS: dict[str, tuple[str, ...]] = {
    "who": ("I", "we", "you", "they"),
    "name": ("Anna", "Peter", "Maria", "David", "Sarah", "Tom"),
    "verb": (
        "send", "explain", "change", "cancel", "review", "close", "test", "update", "check", "finish",
        "share", "move", "open", "stop", "order", "start", "call about", "know about", "talk about",
    ),
    "thing": (
        "report", "budget", "release", "plan", "ticket", "project", "contract", "schedule", "server",
        "customer list", "price", "order", "account", "invoice", "discount", "offer", "address", "meeting",
        "complaint", "bill", "payment", "new price", "new contract", "support ticket", "number",
    ),
    "the": ("the", "the", "the", "my", "your", "our", "a", "this", "that"),
    "be": ("is", "is", "was", "is not", "was not", "will be"),
    "state": (
        "ready", "late", "done", "very good", "blocked", "open", "wrong", "too expensive", "far too long",
        "new", "too late", "not right", "all right", "expensive", "closed",
    ),
    "day": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "month": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    ),
    "ordinal": (
        "first", "second", "third", "tenth", "twentieth", "twenty first", "twenty second", "thirtieth",
    ),
    "digit": DIGITS[1:],
    "tens": ("ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"),
    "span": ("month", "week", "day", "year"),
    "when": (
        "today", "tomorrow", "next week", "last week", "after lunch", "before the meeting", "now", "again",
    ),
}  # fmt: skip

PHRASES = (
    "Good morning.", "Good morning, everyone.", "Good morning, customer support.", "Good day.", "Hello.",
    "Hello, everyone.", "Hello, customer support.", "This is customer support.", "Goodbye.",
    "Have a good day.", "Have a good week.", "Thank you.", "Thank you very much.",
    "Thank you for your help.", "Thank you for your time.", "Thanks, everyone.", "Of course.", "All right.",
    "Very good.", "Yes.", "No.", "Okay.", "Yes, please.", "I agree.", "I do not agree.", "Good question.",
    "That is all.", "That is everything.", "I am sorry.", "I am sorry about that.",
    "Is there anything else?", "One moment, please.", "Please hold the line.", "I do not know.",
)  # fmt: skip

PATTERNS = (
    # the customer
    "I want to {verb} {the} {thing} {@when}.",
    "I want to make a complaint about {the} {thing}.",
    "I would like to {verb} {the} {thing} {@when}.",
    "The {thing} went {up|down} by {tens} dollars {@when}.",
    "That {be} {state}.",
    "Nobody told {me|us|you} about the {thing}.",
    "{name|Nobody} told {me|us} about {the} {thing} in {month}.",
    "If the {thing} does not {come down|change|start|stop} {@when}, {who} will {verb} {the} {thing}.",
    "If {who} {can|can not} {verb} {the} {thing}, {who} will {verb} {the} {thing}.",
    "And how long will {that|this|the {thing}} {last|be}?",
    "How long will {the} {thing} {last|be {state}}?",
    "How much is {the} {thing}?",
    "Can {who} {help|call} {me|us} {with the {thing}|@when}?",
    "My {address|account} number is {digits}.",
    "The number of {the} {thing} is {digits}.",
    "The number is {digits}.",
    "Call {me|us|name} {@when} at {digits}.",
    "{digits}.",
    # the agent
    "How can {who} help you {@when}?",
    "What would {who} like to {verb|know} {@when}?",
    "What can {who} {do for you|help you with} {@when}?",
    "What is {the} {thing} number?",
    "What is the status of {the} {thing}?",
    "I am sorry about {the} {thing}.",
    "The {thing} {changed|went down|went up|came down} in {month}.",
    "{who|name} can offer {you|me|us} {a discount of|an offer of} {tens} dollars a {span}.",
    "That is {a discount of|an offer of} {tens} dollars {@when}.",
    "It would {last|be {state}} until the {ordinal} of {month}.",
    "{It|The {thing}} will {start|stop|last until|be there until} the {ordinal} of {month}.",
    "The {thing} {be} {state} until {day}.",
    "{Let us|Please|We will} {go with|stop} {the} {thing}.",
    "{who|name} will send {you|me|us|name} {the} {thing} {on {day}|@when}.",
    "Is there anything {else|new} about {the} {thing}?",
    "No, that is {everything|the {thing}|{state}}.",
    "Yes, {who} can {verb} {the} {thing} {@when}.",
    "Thank you for {the} {thing}.",
    "Have a {good|very good} {span}.",
    "There {is|was} {nobody|everything|a {thing}} {there|here} {@when}.",
    # the meeting
    "{who} need to {verb} {the} {thing} {@when}.",
    "Can you {verb} {the} {thing} {@when}?",
    "Who will {verb} {the} {thing} {@when}?",
    "Who {told|sent} {you|me|us|name} {the} {thing}?",
    "Who {be} {there|here} {@when}?",
    "Let us {verb} {the} {thing} {@when}.",
    "{the} {thing} {be} {state}.",
    "{the} {thing} {be} {state} {@when}.",
    "{who} have {digit|tens} open questions about {the} {thing}.",
    "Please {verb} {the} {thing} {@when}.",
    "{name} will {verb} {the} {thing} {@when}.",
    "{who} will {verb} {the} {thing} {@when}.",
    "{who} will not {verb} {the} {thing} {@when}.",
    "{who} can not {verb} {the} {thing} {@when}.",
    "We decided to {verb} {the} {thing} {@when}.",
    "The meeting {starts|was|will start} at {digit} {@when|on {day}}.",
    "The next step is to {verb} {the} {thing}.",
    "When will {who|name} {verb} {the} {thing}?",
    "When {be} {the} {thing} {state}?",
    "{name} and {name} {sent|have|changed} {the} {thing}.",
    "Is {the} {thing} {state}?",
    "The {thing} and the {thing} are {state}.",
    "Do you have a question about {the} {thing}?",
    "I think the {thing} {be} {state}, but the {thing} {be} {state}.",
    "On {day}, {who|name} will {verb} {the} {thing}.",
    "{name}, can you {verb} {the} {thing} {@when}?",
    "It {be} {day}, the {ordinal} of {month}.",
    "{who|name} sent {me|us} the damn {thing} again.",
    "Why {be} {the} {thing} {state}?",
    "Why did {who|name} {verb} {the} {thing}?",
    "{who} would like to know {when|why|how|if} the {thing} {changed|starts|stopped}.",
)

_ALWAYS_CAPITAL = frozenset({"I", *SLOTS["name"], *SLOTS["day"], *SLOTS["month"]})
_SLOT = re.compile(r"\{([^{}]*)\}")


def sentence(rng: random.Random) -> str:
    """One sentence in its written form, e.g. "The price went up by forty dollars."."""
    if rng.random() < 0.07:
        return rng.choice(PHRASES)
    text = rng.choice(PATTERNS)
    while found := _SLOT.search(text):  # innermost first, so that slots may stand inside slots
        text = text[: found.start()] + _fill(found[1], rng) + text[found.end() :]
    text = " ".join(text.split())
    text = re.sub(r" ([,.?])", r"\1", text)
    text = re.sub(r"\b([Aa]) (?=[aeio])", r"\1n ", text)
    return text[0].upper() + text[1:]


def _fill(slot: str, rng: random.Random) -> str:
    choice = rng.choice(slot.split("|"))
    if choice == "digits":
        return digits(rng)
    if choice == "@when":
        return rng.choice(["", "", rng.choice(SLOTS["when"]), "on " + rng.choice(SLOTS["day"])])
    return rng.choice(SLOTS[choice]) if choice in SLOTS else choice


def digits(rng: random.Random) -> str:
    """Two to seven digits; a third of them repeat the one before or the one before that."""
    said = [rng.choice(DIGITS)]
    for _ in range(rng.randint(1, 6)):
        said.append(rng.choice(said[-2:]) if rng.random() < 1 / 3 else rng.choice(DIGITS))
    return " ".join(said)


def word_list(rng: random.Random) -> str:
    """Two to nine words without grammar: keeps the decoder from guessing what it should hear."""
    text = " ".join(rng.choice(vocabulary()) for _ in range(rng.randint(2, 9)))
    return text[0].upper() + text[1:] + "."


@cache
def vocabulary() -> tuple[str, ...]:
    """Every word that sentences are made of, in the form it has inside one ("Monday", "price"), sorted."""
    rng = random.Random(0)
    texts = [*PHRASES, *(sentence(rng) for _ in range(40_000))]
    words = {word for text in texts for word in re.findall(r"[A-Za-z']+", text)}
    return tuple(sorted({word if word in _ALWAYS_CAPITAL else word.lower() for word in words}))


def plain_words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


@cache
def sample_call_sentences() -> frozenset[tuple[str, ...]]:
    """The sample call's sentences as plain words; amounts and dates as they are spoken."""
    found = set()
    for utterance in json.loads(SAMPLE_CALL.read_text(encoding="utf-8"))["utterances"]:
        words = utterance["text"].split()
        for written in re.split(r"(?<=[.?]) ", utterance["display_text"]):
            count = len(re.findall(r"\$?[\w']+", written)) + written.count("$") + written.count("21st")
            found.add(tuple(words[:count]))
            words = words[count:]
        if words:
            raise ValueError(f"cannot split {utterance['text']!r} into sentences")
    return frozenset(found)


def held_out(text: str) -> bool:
    """Whether training must never see this sentence."""
    words = plain_words(text)
    if len(words) < HELD_OUT_WORDS:
        return False
    by_hash = hashlib.sha256(" ".join(words).encode()).digest()[0] % 10 == 0
    return by_hash or tuple(words) in sample_call_sentences()
