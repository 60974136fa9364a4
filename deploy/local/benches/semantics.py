"""How fast and how right semantic annotation is.

    segment_us          processor time of a segment of 20 words, with 1,000 terms beside the project's own:
                        keywords, topics, risks, intents, questions, action items
    segment_entities_sentiment_us   the same with entities and sentiment as well
    segment_p99_us      of the latter, the slowest in a hundred
    text_to_annotation_p50_ms, …p99_ms   over the wire, in a session of text: from the client's write of the
                        chunk that closes a segment to the arrival of its annotation, by the client's clock;
                        gateway and semantics in one process, the client in another
    …_precision, …_recall, …_f1, …_accuracy   agreement with the dialogues of heldout3, 0 to 1: the part
                        never used while tuning, not even its figures. labels.py says how it is counted.
                        Only figures are told of them. With --quick it is the dialogues to work with instead

Processor time is the thread's (CLOCK_THREAD_CPUTIME_ID): another process must not make rules look slow.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import string
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from deploy.local.bench import BenchError, Figure
from deploy.local.benches import labels, peer
from deploy.local.benches.measure import figure
from rivermouth.client import Client
from rivermouth.client.errors import RivermouthError
from rivermouth.semantics.v1.semantics_pb2 import SemanticAnnotation
from services.semantics.lists import TermList, load_lists
from services.semantics.rules import Rules

DIALOGUES = Path(__file__).resolve().parents[3] / "tests" / "data" / "dialogues"
UNSEEN = "heldout3"  # tests/data/dialogues/README.md says how it is kept apart
WORDS = 20
MORE_TERMS = 1000
_ROUNDS = 7
_PACE = 0.02  # seconds between two chunks
_SEGMENTS = 500
_WANTED = {
    "segment_us": "under 100",
    "segment_entities_sentiment_us": "under 300",
    "segment_p99_us": "under 1000",
    "text_to_annotation_p99_ms": "under 10",
    "topic_f1": "at least 0.80",
    "risk_f1": "at least 0.80",
    "action_f1": "at least 0.75",
    "question_f1": "at least 0.90",
    "entity_f1": "at least 0.90",
    "primary_intent_accuracy": "at least 0.80",
}


def run(quick: bool) -> Sequence[Figure]:
    """See Bench. Half a minute."""
    try:
        segments = list(_segments())
        agreement = labels.score(DIALOGUES / ("dev" if quick else UNSEEN), Rules())
        delays = asyncio.run(_delays(segments, 20 if quick else _SEGMENTS))
    except (OSError, ValueError, RivermouthError) as error:
        raise BenchError(str(error)) from error
    figures = [*_times(segments, 1 if quick else _ROUNDS)]
    for name, share in (("p50", 0.50), ("p99", 0.99)):
        figures.append(_once(f"text_to_annotation_{name}_ms", 1e3 * _quantile(delays, share)))
    for kind, counts in agreement.kinds.items():
        figures += [
            _once(f"{kind}_precision", counts.precision),
            _once(f"{kind}_recall", counts.recall),
            _once(f"{kind}_f1", counts.f1),
        ]
    figures += [_once(f"{name}_accuracy", value) for name, value in agreement.accuracies.items()]
    return figures


def _once(name: str, value: float) -> Figure:
    return Figure(name, value, value, value, _WANTED.get(name, ""))


def _segments() -> Iterator[str]:
    """Pieces of 20 words of the dialogues to work with, as they come."""
    words: list[str] = []
    for path in sorted((DIALOGUES / "dev").glob("*.json")):
        for utterance in json.loads(path.read_text("utf-8"))["utterances"]:
            words += utterance["text"].split()
    for begin in range(0, len(words) - WORDS, WORDS):
        yield " ".join(words[begin : begin + WORDS])


def _times(segments: Sequence[str], rounds: int) -> Iterator[Figure]:
    rules = _loaded()
    for segment in segments:
        rules.annotate(segment)  # stems are remembered from now on
    most, everything = [], []
    slowest = []
    for _ in range(rounds):
        some = [_cost(rules, segment, with_all=False) for segment in segments]
        every = sorted(_cost(rules, segment, with_all=True) for segment in segments)
        most.append(1e6 * sum(some) / len(some))
        everything.append(1e6 * sum(every) / len(every))
        slowest.append(1e6 * _quantile(every, 0.99))
    for name, values in (
        ("segment_us", most), ("segment_entities_sentiment_us", everything), ("segment_p99_us", slowest),
    ):  # fmt: skip
        yield figure(name, values, _WANTED[name])


def _loaded() -> Rules:
    """The rules with terms added, every third of two words, all made up."""
    chance = random.Random(1)
    made = ["".join(chance.choices(string.ascii_lowercase, k=8)) for _ in range(MORE_TERMS)]
    terms = tuple(f"{word} {made[index - 1]}" if index % 3 == 2 else word for index, word in enumerate(made))
    lists = load_lists()
    return Rules(lists.model_copy(update={"topics": {**lists.topics, "made_up": TermList(terms=terms)}}))


def _cost(rules: Rules, segment: str, with_all: bool) -> float:
    begin = time.thread_time()
    rules.annotate(segment, with_entities=with_all, with_sentiment=with_all)
    return time.thread_time() - begin


def _quantile(values: Sequence[float], share: float) -> float:
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


async def _delays(segments: Sequence[str], count: int) -> list[float]:
    """Seconds from a closing chunk to the annotation of what it closed."""
    spec = {
        "parts": ["quality", "semantics", "analysis", "gateway"],
        "settings": {"gateway": {"asr": "127.0.0.1:9"}},  # a session of text asks for no recognition
    }
    print(f"bench: {count} segments over the wire", file=sys.stderr, flush=True)
    async with peer.start("gateway", "deploy.local.benches.server", json.dumps(spec)) as process:
        address = (await process.ask("address"))["address"]
        async with (
            asyncio.timeout(120),
            Client(address) as client,
            client.session(analysers=["semantics"]) as session,
        ):
            written: list[float] = []
            delays: list[float] = []

            async def send() -> None:
                for number, text in zip(range(count), itertools.cycle(segments), strict=False):
                    await asyncio.sleep(_PACE)
                    written.append(time.monotonic())
                    # Another speaker closes what the one before said.
                    await session.send_text(text, number, number + 0.5, speaker=f"speaker {number % 2}")
                await session.finish()

            session.feed(send())
            async for event in session:
                arrived = time.monotonic()
                if _is_annotation(event.body) and len(delays) + 1 < len(written):
                    delays.append(arrived - written[len(delays) + 1])
    if len(delays) < count // 2:
        raise BenchError(f"of {count} segments only {len(delays)} were annotated")
    return delays


def _is_annotation(body: Any) -> bool:
    return isinstance(body, SemanticAnnotation)
