"""Sessions through the gateway while a model is asked: what it holds up, and when its objects arrive."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any

from deploy.local.bench import BenchError, Figure
from deploy.local.benches import emulator, peer
from deploy.local.benches.analysis_local import ASKED, quantile, utterances
from deploy.local.benches.measure import figure
from rivermouth.analysis.v1.analysis_pb2 import Analysis, LlmPart, Summary, Trigger
from rivermouth.client import Client, Session, Transcript
from rivermouth.session.v1.config_pb2 import AnalyserConfig
from services.analysis.registry import ANALYSES
from services.llm.emulator.answering import Answering, always
from services.llm.emulator.record import ReceivedRequest, Record
from services.llm.emulator.server import Emulator

SLOW = 10.0
"""Seconds until the slow model says anything."""
_PACE = 0.05
_CHUNK_WORDS = 2
_ASKED_OFTEN = ("speaker_attitude", "manipulation", "emotion")
"""For each segment; the others at the end, and the summary every five."""
_PIECE_DELAY = 0.01
_SAID = 20
_LONGEST = 60.0
_STAGES = ("quality", "semantics", "analysis", "gateway")


async def blocks(process: peer.Peer, urls: Mapping[str, str], rounds: int, seconds: float) -> list[Figure]:
    """What a slow model does to the delay of transcripts: windows of a session with an instant one and with a
    slow one, in turns, the gateway and all stages in one process. `process`: of the emulator."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    async with _gateway(emulator.settings(dict(urls), "gemini")) as address, Client(address) as client:
        for number in range(-1, rounds):
            for name, delay in (("instant", 0.0), ("slow", SLOW)):
                await process.ask("behave", first_delay=delay)
                delays = await _transcript_delays(client, seconds)
                if number >= 0:
                    found[name].append(1e3 * quantile(delays, 0.9))
    ratios = [slow / instant for slow, instant in zip(found["slow"], found["instant"], strict=True)]
    return [
        figure("llm_blocks_ratio", ratios, "at most 1.3"),
        *(figure(f"transcript_{name}_model_p90_ms", found[name]) for name in ("instant", "slow")),
    ]


async def objects_before_end(vendors: Sequence[str]) -> list[Figure]:
    """The share of objects that were at the client before the model had sent its last byte."""
    figures: list[Figure] = []
    behaviour = Answering(first_delay=_PIECE_DELAY, piece_delay=_PIECE_DELAY)
    async with Emulator(answer=always(behaviour), record=Record(keeps_audio=False)) as model:
        for vendor in vendors:
            print(f"bench: objects of answers, by {vendor}", file=sys.stderr, flush=True)
            model.record.requests.clear()
            settings = emulator.settings(emulator.urls_of(model), vendor)
            async with _gateway(settings, llm_calls_at_once=16) as address, Client(address) as client:
                early, all_ = await _early_objects(client, model.record)
            figures.append(figure(f"{vendor}_objects_before_end_share", [early / all_]))
    shares = [each.value for each in figures]
    return [figure("objects_before_end_share", shares, "at least 0.8"), *figures]


@contextlib.asynccontextmanager
async def _gateway(llm: Mapping[str, Any], **analysis: Any) -> AsyncIterator[str]:
    spec = {
        "parts": _STAGES,
        # A session of text asks for no recognition.
        "settings": {"gateway": {"asr": "127.0.0.1:9"}, "analysis": {"llm": dict(llm), **analysis}},
    }
    async with peer.start("gateway", "deploy.local.benches.server", json.dumps(spec)) as process:
        yield (await process.ask("address"))["address"]


async def _transcript_delays(client: Client, seconds: float) -> list[float]:
    """Seconds from the write of a chunk to each transcript that it causes. The session is left before its
    end, and with it what a slow model was asked."""
    often = [AnalyserConfig(name=name, trigger=Trigger.TRIGGER_SEGMENT) for name in _ASKED_OFTEN]
    rest = [name for name in ASKED if name not in _ASKED_OFTEN]
    delays: list[float] = []
    async with (
        asyncio.timeout(seconds + _LONGEST),
        client.session(analysers=["semantics", *often, *rest]) as session,
    ):
        written: dict[int, float] = {}
        chunks = list(itertools.islice(_chunks(), round(seconds / _PACE)))

        async def send() -> None:
            for number, (text, speaker, at) in enumerate(chunks):
                await asyncio.sleep(_PACE)
                written[number + 2] = time.monotonic()  # the configuration is message 1
                await session.send_text(text, at, at + 0.5, speaker=speaker)

        session.feed(send())
        last = len(chunks) + 1
        async for event in session:
            if isinstance(event.body, Transcript):
                cause = event.envelope.client_sequence
                delays.append(time.monotonic() - written[cause])
                if cause == last:
                    break
    if len(delays) < len(chunks):
        raise BenchError(f"{len(chunks)} chunks caused {len(delays)} transcripts")
    return delays


def _chunks() -> Iterator[tuple[str, str, float]]:
    """Text, speaker and time, on and on; another speaker closes what the one before said."""
    at = 0.0
    for each in itertools.cycle(utterances()):
        words = each["text"].split()
        for begin in range(0, len(words), _CHUNK_WORDS):
            yield " ".join(words[begin : begin + _CHUNK_WORDS]), each["speaker"], at
            at += 0.5


async def _early_objects(client: Client, record: Record) -> tuple[int, int]:
    """Objects that were here while the model was still sending, and all objects."""
    early: defaultdict[str, int] = defaultdict(int)
    whole: dict[str, int] = {}
    async with (
        asyncio.timeout(_LONGEST),
        client.session(analysers=["semantics", *ASKED]) as session,
    ):
        session.feed(_say(session))
        async for event in session:
            if not isinstance(event.body, Analysis | Summary) or not event.body.HasField("llm"):
                continue
            name = event.body.name if isinstance(event.body, Analysis) else "summary"
            count = objects(event.body.llm)
            if event.is_final:
                whole[name] = count
            elif any(each.state == "answering" for each in _requests(record, name)):
                early[name] = max(early[name], count)
    if not sum(whole.values()):
        raise BenchError("no model found anything")
    return sum(early.values()), sum(whole.values())


async def _say(session: Session) -> None:
    for number, each in enumerate(utterances()[:_SAID]):
        await session.send_text(each["text"], number * 3.0, number * 3.0 + 2.5, speaker=each["speaker"])
    await session.finish()


def _requests(record: Record, name: str) -> Sequence[ReceivedRequest]:
    task = ANALYSES[name].llm
    return [] if task is None else [each for each in record.requests if task.instruction in each.system]


def objects(part: LlmPart) -> int:
    """Parts of an answer: fields of its findings, and elements of those that are lists."""
    which = part.findings.WhichOneof("findings")
    if which is None:
        return 0
    fields = getattr(part.findings, which).ListFields()
    return sum(len(value) if field.is_repeated else 1 for field, value in fields)
