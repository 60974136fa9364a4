"""What the gateway adds to a bare echo, in each layout.

Layouts: `compact` is the gateway with every stage inside its process, recognition too; `worker` the same with
recognition in a process of its own; `processes` each service in its own. Stages are the services' scripted
twins, so that what is left is the cost of moving messages. The echo is a bare grpc.aio server that reads as
many messages, writes back as many as the gateway was measured to write, and has the same options.

A session sends 100 ms of 16 kHz audio ten times a second, or 20 ms fifty times, and gets about 4 events a
second: interims, finals, speech activity, quality, annotations, analyses.
One process makes the load, over one channel to each server, all on loopback.

Systems are measured in turns, each in a window of about a second: the echo, a layout, the echo, the next
layout, and so on. A ratio is of a layout's window and that of the echo just before it; a figure is the median
of what the rounds gave.

    …_cpu_ratio         processor time (getrusage of all processes of the layout) over that of the echo, at 50
                        sessions; …_20ms where client and echo's client send 20 ms
    …_added_p50_ratio   median delay of an event over that of an echo, at 10 sessions. A delay is from the
                        client's write of the chunk that causes the event (the one that the event names as the
                        last accepted) to the event's arrival, by the client's clock
    …_us_per_session_second_N   processor time for a second of one session, at N sessions
    …_sessions_per_core  10^6 over that at 50 sessions, with Silero VAD listening to real speech
    …_rss_per_session_kib  resident memory that 50 more sessions take, with what they journaled meanwhile
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.local.bench import Figure
from deploy.local.benches import peer
from deploy.local.benches.measure import System, Window, figure, measure

STAGES = ("asr", "quality", "semantics", "analysis")
LAYOUTS: Mapping[str, tuple[str, ...]] = {"compact": STAGES, "worker": STAGES[1:], "processes": ()}
"""The stages inside the gateway's process."""
RECORDING = Path(__file__).resolve().parents[3] / "tests" / "data" / "sample_call" / "call.wav"
WANTED = {
    "compact_added_p50_ratio": "at most 2.5",
    "compact_cpu_ratio": "at most 2.0",
    "worker_added_p50_ratio": "at most 3.5",
    "worker_cpu_ratio": "at most 3.5",
    "processes_added_p50_ratio": "at most 6",
    "processes_cpu_ratio": "at most 5.5",
    "processes_cpu_ratio_20ms": "at most 3.5",
    "compact_sessions_per_core": "at least 100",
    "processes_sessions_per_core": "at least 50",
}
# Recognition every 3 s of audio: speech begins and ends, 3 interims, a final, the utterance's end, and then
# an annotation and an analysis; quality every second. Together 4 events a second.
_SCRIPT = {"speech_seconds": 2.5, "silence_seconds": 0.5, "interim_interval": 0.8}
_LISTENING = {"vad": "silero", "interim_interval": 0.5}
# A system waits for its turn for longer than a client may say nothing.
_PATIENT = {"idle_timeout": 600.0}
# Sessions that began together have their heartbeats together: one window in five would get them all.
_NO_HEARTBEAT = {"heartbeat": 3600.0}


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured: counts of sessions and rounds, seconds of a window and before it."""

    few: int = 10
    many: int = 50
    most: int = 100
    rounds: int = 7
    seconds: float = 0.7
    few_seconds: float = 1.0
    """With few sessions there are few answers in a second."""
    settle: float = 0.2
    listening_rounds: int = 3


_QUICK = Scale(
    few=8, many=10, most=12, rounds=1, seconds=0.15, few_seconds=0.3, settle=0.05, listening_rounds=1
)


def run(quick: bool) -> Sequence[Figure]:
    """See Bench. Raises BenchError."""
    return asyncio.run(_run(_QUICK if quick else Scale()))


async def _run(scale: Scale) -> Sequence[Figure]:
    begun = time.monotonic()
    async with peer.start("load", "deploy.local.benches.load") as load:
        bench = _Bench(load, scale)
        async with _echo() as echo, contextlib.AsyncExitStack() as stack:
            layouts = await _started(stack, LAYOUTS, _SCRIPT)
            await bench.compare(echo, *layouts)
            await bench.close(echo, *layouts)
        async with contextlib.AsyncExitStack() as stack:
            layouts = await _started(stack, ("compact", "processes"), _LISTENING)
            await bench.listen(layouts)
            await bench.close(*layouts)
    _say(f"done in {time.monotonic() - begun:.0f} s")
    return bench.figures()


@dataclass
class _Bench:
    """The order of the measurements, and what they found, by figure."""

    load: peer.Peer
    scale: Scale
    found: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    answers: float = 4.0
    """Messages a second that the echo gives: as many as were seen of the gateway."""

    def figures(self) -> list[Figure]:
        return [figure(name, self.found[name], WANTED.get(name, "")) for name in sorted(self.found)]

    async def compare(self, echo: System, *layouts: System) -> None:
        """The layouts beside the echo. Sessions are only ever added, so each phase has those before it."""
        every, scale = (echo, *layouts), self.scale
        await self._grow(every, 1)
        _say("processor time at 1 session")
        for system in every:
            await self._window(system, 1)  # what is done once is done before anything counts
            self._note_cost(system, "_1", await self._window(system, 1))
        await self._grow(every, scale.few)
        await self._count_answers(layouts, scale.few)
        for number in range(scale.rounds):
            _say(f"delays, and processor time at {scale.few} sessions: round {number + 1} of {scale.rounds}")
            for layout in layouts:
                base, window = await self._window(echo, scale.few), await self._window(layout, scale.few)
                self.found[f"{layout.name}_added_p50_ratio"].append(window.p50 / base.p50)
                for system, found in ((echo, base), (layout, window)):
                    self.found[f"{system.name}_p50_us"].append(found.p50)
                    self._note_cost(system, "_10", found)
        await self._grow(every, scale.many)
        await self._count_answers(layouts, scale.many)
        for number in range(scale.rounds):
            _say(f"processor time at {scale.many} sessions: round {number + 1} of {scale.rounds}")
            for layout in layouts:
                base, window = await self._window(echo, scale.many), await self._window(layout, scale.many)
                self.found[f"{layout.name}_cpu_ratio"].append(window.cost / base.cost)
                self.found["events_per_session_second"].append(window.answers)
                self._note_cost(echo, "", base)
                self._note_cost(layout, "", window)
            base = await self._window(echo, scale.many, beats=0.2)
            window = await self._window(layouts[-1], scale.many, beats=0.2)
            self.found[f"{layouts[-1].name}_cpu_ratio_20ms"].append(window.cost / base.cost)
        resident = {layout.name: (await layout.usage()).rss for layout in layouts}
        await self._grow(every, scale.most)
        _say(f"processor time at {scale.most} sessions")
        for system in every:
            self._note_cost(system, "_100", await self._window(system, scale.most))
        for layout in layouts:
            grown = (await layout.usage()).rss - resident[layout.name]
            self.found[f"{layout.name}_rss_per_session_kib"] = [grown / (scale.most - scale.many)]

    async def listen(self, layouts: Sequence[System]) -> None:
        """The layouts with voice activity detection on speech."""
        _say(f"processor time at {self.scale.many} sessions with voice activity detection")
        await self._grow(layouts, self.scale.many, str(RECORDING))
        for _ in range(self.scale.listening_rounds):
            for layout in layouts:
                cost = (await self._window(layout, self.scale.many)).cost
                self.found[f"{layout.name}_sessions_per_core"].append(1e6 / cost)

    async def close(self, *systems: System) -> None:
        """End all sessions."""
        for each in systems:
            await self.load.ask("close", system=each.name)

    async def _count_answers(self, layouts: Sequence[System], sessions: int) -> None:
        """From here on the echo writes as often as a session of the gateway does."""
        counted = [(await self._window(each, sessions)).answers for each in layouts]
        self.answers = statistics.mean(counted)
        _say(f"a session gets {self.answers:.2f} events a second")

    def _note_cost(self, system: System, suffix: str, window: Window) -> None:
        self.found[f"{system.name}_us_per_session_second{suffix}"].append(window.cost)

    async def _window(self, system: System, sessions: int, beats: float = 1.0) -> Window:
        few = sessions <= self.scale.few
        return await measure(
            self.load,
            system,
            sessions=sessions,
            seconds=self.scale.few_seconds if few else self.scale.seconds,
            settle=self.scale.settle,
            beats=beats,
            answers=self.answers,
        )

    async def _grow(self, systems: Iterable[System], sessions: int, recording: str = "") -> None:
        for each in systems:
            await self.load.ask(
                "open", system=each.name, address=each.address, sessions=sessions, recording=recording
            )


@contextlib.asynccontextmanager
async def _echo() -> AsyncIterator[System]:
    async with peer.start("echo", "deploy.local.benches.echo") as process:
        yield System("echo", (await process.ask("address"))["address"], (process,))


async def _started(
    stack: contextlib.AsyncExitStack, names: Iterable[str], script: Mapping[str, Any]
) -> list[System]:
    """The layouts, started at once: what each takes to load is not measured."""
    return await asyncio.gather(*(stack.enter_async_context(_layout(name, script)) for name in names))


@contextlib.asynccontextmanager
async def _layout(name: str, script: Mapping[str, Any]) -> AsyncIterator[System]:
    settings: dict[str, dict[str, Any]] = {
        stage: {"engine": "scripted", "server": _PATIENT} for stage in STAGES
    }
    settings["asr"]["scripted"] = script
    inside = LAYOUTS[name]
    async with contextlib.AsyncExitStack() as stack:

        async def start(*parts: str) -> tuple[peer.Peer, str]:
            spec = json.dumps({"parts": parts, "settings": settings})
            process = await stack.enter_async_context(
                peer.start(f"{name}/{parts[-1]}", "deploy.local.benches.server", spec)
            )
            return process, (await process.ask("address"))["address"]

        outside = [stage for stage in STAGES if stage not in inside]
        started = await asyncio.gather(*(start(stage) for stage in outside))
        addresses = {stage: address for stage, (_, address) in zip(outside, started, strict=True)}
        settings["gateway"] = {"server": _PATIENT, "session": _NO_HEARTBEAT, **addresses}
        gateway, address = await start(*inside, "gateway")
        yield System(name, address, (gateway, *(process for process, _ in started)))


def _say(line: str) -> None:
    print(f"bench: {line}", file=sys.stderr, flush=True)
