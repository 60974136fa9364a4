"""kill -9 of each service's process in turn, during one session: the stream says so, the session goes on."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from deploy.local.launcher import Process, launch
from deploy.local.layout import SERVICES, programs
from rivermouth.client import Client, Event, Reducer, Session, pcm
from rivermouth.result.v1.result_pb2 import OUTCOME_COMPLETE, OUTCOME_FAILED
from rivermouth.session.v1.events_pb2 import AnalyserStatus, SessionSummary

LIMIT = 30.0
SCRIPTED = {
    "RIVERMOUTH_ASR__ENGINE": "scripted",
    "RIVERMOUTH_ASR__SCRIPTED__SPEECH_SECONDS": "0.6",
    "RIVERMOUTH_ASR__SCRIPTED__SILENCE_SECONDS": "0.6",
    **{f"RIVERMOUTH_{part.upper()}__TELEMETRY__LOG_LEVEL": "ERROR" for part in ("gateway", *SERVICES)},
}
KIND_OF = {
    "asr": "transcript",
    "quality": "audio_quality",
    "semantics": "semantic",
    "analysis": "analysis",
}


@pytest.fixture
async def suite() -> AsyncIterator[dict[str, Process]]:
    async with launch(programs(True, 0, SCRIPTED), lambda line: None) as processes:
        yield processes


class Watched:
    """A session that is fed until told to stop, and read by the test."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.reducer = Reducer()
        self.enough = asyncio.Event()

    async def feed(self) -> None:
        chunk = bytes(3200)
        while not self.enough.is_set():
            await self.session.send_audio(chunk)
            await asyncio.sleep(0.02)  # the pace of the sender: five times as fast as speech
        await self.session.finish()

    async def until(self, wanted: str, stage: str = "", state: int = 0, prefix: str = "") -> Event:
        async with asyncio.timeout(LIMIT):
            async for event in self.session:
                self.reducer.apply(event)
                if event.kind != wanted:
                    continue
                if wanted == "analyser_status" and (event.body.stage, event.body.state) != (stage, state):
                    continue
                if prefix and not event.body.header.result_id.startswith(prefix):
                    continue
                return event
        raise AssertionError(f"the stream ended without {wanted}")


async def test_each_service_may_be_killed_and_is_used_again(suite: dict[str, Process]) -> None:
    async with Client(suite["gateway"].address) as client, client.session(pcm(16_000)) as session:
        watched = Watched(session)
        session.feed(watched.feed())
        for kind in KIND_OF.values():
            await watched.until(kind)
        for name in SERVICES:
            killed_at = time.monotonic()
            os.kill(suite[name].pid, signal.SIGKILL)
            await watched.until("analyser_status", name, AnalyserStatus.STATE_RECONNECTING)
            assert time.monotonic() - killed_at < 1.0
            await watched.until("analyser_status", name, AnalyserStatus.STATE_RUNNING)
            # Used again: a result of the second incarnation.
            await watched.until(KIND_OF[name], prefix=f"{name}~")
            assert suite[name].restarts == 1
        watched.enough.set()
        summary = (await watched.until("session_summary")).body
    assert isinstance(summary, SessionSummary)
    assert summary.end == SessionSummary.END_FINISHED
    assert not watched.reducer.violations
    assert not watched.reducer.check_summary()
    assert not watched.reducer.open_results
    # What was lost is what was open when its own service was killed, and nothing else: one result of most, of
    # analysis one for each analysis that is about the whole session.
    assert session.started is not None
    analyses = sum(each.stage == "analysis" for each in session.started.analysers)
    for counts in summary.services:
        assert counts.failed <= (analyses if counts.service == "analysis" else 1), counts


async def test_the_others_go_on_while_one_is_away(suite: dict[str, Process]) -> None:
    async with Client(suite["gateway"].address) as client, client.session(pcm(16_000)) as session:
        watched = Watched(session)
        session.feed(watched.feed())
        await watched.until("transcript")
        os.kill(suite["semantics"].pid, signal.SIGSTOP)
        try:
            async with asyncio.timeout(LIMIT):
                seen = set()
                while seen != {"transcript", "audio_quality", "analysis"}:
                    event = await anext(session)
                    watched.reducer.apply(event)
                    seen |= {event.kind} & {"transcript", "audio_quality", "analysis"}
        finally:
            os.kill(suite["semantics"].pid, signal.SIGCONT)
        await watched.until("semantic")
        watched.enough.set()
        await watched.until("session_summary")
    assert not watched.reducer.violations


async def test_what_was_said_before_a_kill_counts_once(suite: dict[str, Process]) -> None:
    """Semantics and analysis die in the middle of a session of text, and again after its last segment."""
    events: list[Event] = []
    analysers = ["semantics", "workflow"]
    async with (
        Client(suite["gateway"].address) as client,
        client.session(None, analysers=analysers) as session,
    ):
        for number in range(15):
            text = ("we take it", "what does it cost", "I will send it")[number % 3]
            speaker = "anna" if number % 5 < 3 else "ben"
            await session.send_text(text, number * 5.0, number * 5.0 + 2, speaker)
            if number in (7, 14):
                for name in ("analysis", "semantics"):
                    os.kill(suite[name].pid, signal.SIGKILL)
                    events += await until_running(session, name)
        await session.finish()
        async with asyncio.timeout(LIMIT):
            events += [event async for event in session]
    assert events[-1].kind == "session_summary"
    segments = Counter({f"text/0/{number}": 1 for number in range(1, 16)})

    def ends(kind: str) -> list[Any]:
        return [each.body for each in events if each.kind == kind and not each.body.header.partial]

    assert Counter(each.segment_id for each in ends("semantic")) == segments
    assert Counter(each for turn in ends("turn") for each in turn.segment_ids) == segments
    routed = [each.body.segment_id for each in events if each.kind == "workflow_routed"]
    assert Counter(routed) == segments
    worked_on = Counter(each for end in ends("workflow_result") for each in end.work_ids)
    assert worked_on == Counter(f"work/{each}" for each in segments)
    (stats,) = [each for each in ends("conversation_stats") if each.header.outcome != OUTCOME_FAILED]
    assert stats.header.outcome == OUTCOME_COMPLETE
    assert {each.speaker: each.talk_time.seconds for each in stats.speakers} == {"anna": 18, "ben": 12}


async def until_running(session: Session, stage: str) -> list[Event]:
    """All up to the event that the stage is there again."""
    told: list[Event] = []
    async with asyncio.timeout(LIMIT):
        async for event in session:
            told.append(event)
            if event.kind != "analyser_status" or event.body.stage != stage:
                continue
            if event.body.state == AnalyserStatus.STATE_RUNNING:
                return told
    raise AssertionError(f"the stream ended before {stage} was running")
