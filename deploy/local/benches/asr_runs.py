"""What is measured of a server that recognises, ours or a peer's, and the figures that come of it."""

from __future__ import annotations

import asyncio
import math
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

from deploy.local.bench import BenchError, Figure
from deploy.local.benches.asr_audio import Clip
from deploy.local.benches.asr_client import Heard, stream
from deploy.local.benches.asr_scores import Score
from deploy.local.benches.asr_service import Reading, Service

Hear = Callable[[Clip], Awaitable[Heard]]
Read = Callable[[], Reading]

_CURVE = (10, 20, 40, 60)  # seconds of an utterance
_CURVE_PACE = 4.0
_FAST = 4.0  # times the pace of speech: not so fast that passes for interims fall together
_LATE = 1.5  # seconds that a session may end after its audio and count as held
_STOP = 0.1  # seconds of audio after the last word
_PIECE = 3.0  # seconds at least
_FIRST_SESSIONS, _MOST_SESSIONS = 8, 64
_BEGAN = time.monotonic()
_WANTED: Mapping[str, Mapping[str, str]] = {
    "whisper": {"final": "at most 0.4", "interim": "at most 0.3", "changed": "at most 0.04"},
    "whisper_sessions4": {"final": "at most 0.9"},
}


async def paced(name: str, hear: Hear, reading: Read, clips: Sequence[Clip]) -> list[Figure]:
    """One session after the other at the pace of speech."""
    before, heard = reading(), []
    for clip in clips:
        tell(f"{name}: {clip.name}, {clip.seconds:.0f} s")
        heard.append(await hear(clip))
    used, seconds = reading().since(before), sum(clip.seconds for clip in clips)
    total = sum((each.score(clip) for each, clip in zip(heard, clips, strict=True)), Score())
    figures = [
        figure(f"{name}_wer", total.word_error_rate),
        *_lags(name, total),
        figure(f"{name}_changed_finals", total.broken, "0"),
        figure(f"{name}_lost_words", total.lost, "0"),
        figure(f"{name}_cpu_per_audio_s", used.cpu / seconds),
        figure(f"{name}_rss_mib", used.rss),
    ]
    if used.passes:
        figures += [
            figure(f"{name}_passes_per_second", used.passes / seconds),
            figure(f"{name}_decoded_seconds_per_audio_s", used.encoded / seconds),
        ]
    if finals := [each.final - each.decided for one in heard for each in one.finals]:
        figures.append(
            Figure(f"{name}_final_latency_median_s", statistics.median(finals), min(finals), max(finals))
        )
    return figures


async def cut(name: str, hear: Hear, clips: Sequence[Clip]) -> list[Figure]:
    """Audio that stops right after the last word."""
    tell(f"{name}, cut short")
    clip = piece(clips).stopped(_STOP)
    return [figure(f"{name}_cut_lost_words", (await hear(clip)).score(clip).lost, "0")]


async def throughput(name: str, hear: Hear, clips: Sequence[Clip]) -> list[Figure]:
    """As fast as it is taken; clips end as in `cut`."""
    tell(f"{name}, as fast as it goes")
    short = [clip.stopped(_STOP) for clip in clips]
    heard = [await hear(clip) for clip in short]
    lost = sum(each.score(clip).lost for each, clip in zip(heard, short, strict=True))
    seconds = sum(clip.seconds for clip in short)
    return [
        figure(f"{name}_rtf", sum(each.done for each in heard) / seconds),
        figure(f"{name}_at_once_lost_words", lost, "0"),
    ]


async def four(name: str, hear: Hear, reading: Read, clips: Sequence[Clip]) -> list[Figure]:
    """Four sessions, each begun while the one before speaks."""
    tell(f"{name}, four sessions")
    clip = min(clips, key=lambda each: abs(each.seconds - 12.0))
    before = reading()
    heard = await _together(hear, clip, 4)
    total = sum((each.score(clip) for each in heard), Score())
    cpu = reading().since(before).cpu / (4 * clip.seconds)
    return [
        figure(f"{name}_sessions4_wer", total.word_error_rate),
        *_lags(f"{name}_sessions4", total),
        figure(f"{name}_sessions4_cpu_per_audio_s", cpu),
    ]


async def sessions(service: Service, clips: Sequence[Clip]) -> int:
    """The most sessions at once that were held: twice as many each time, then once in the middle."""
    clip = piece(clips)

    async def hear(clip: Clip) -> Heard:
        return await stream(service.stub, clip)

    async def are_held(sessions: int) -> bool:
        tell(f"{sessions} sessions")
        held = True
        try:
            heard = await _together(hear, clip, sessions)
            held = all(each.done - each.ended <= _LATE and each.score(clip).final_lags for each in heard)
        except* BenchError:
            held = False  # some were refused
        return held

    most, following = 0, _FIRST_SESSIONS
    while following <= _MOST_SESSIONS and await are_held(following):
        most, following = following, 2 * following
    between = ((most + following) // 2,) if most else (4, 2, 1)
    if following <= _MOST_SESSIONS:
        for number in between:
            if await are_held(number):
                return number
    return most


def piece(clips: Sequence[Clip]) -> Clip:
    """A few seconds that begin the shortest clip that is not too short: whole sentences."""
    clip = next((clip for clip in clips if clip.seconds > _PIECE), clips[-1])
    starts = (clip.until(seconds) for seconds in range(4, math.ceil(clip.seconds)))
    return next((start for start in starts if start.seconds > _PIECE), clip)


async def cost(service: Service, sentences: Sequence[Clip]) -> Reading:
    """For a second of audio, of sentences that are streams of their own."""
    tell("sentences, for the processor time")
    await stream(service.stub, sentences[0], pace=_FAST)
    before = service.reading()
    for sentence in sentences:
        await stream(service.stub, sentence, pace=_FAST)
    used, seconds = service.reading().since(before), sum(each.seconds for each in sentences)
    return Reading(used.cpu / seconds, used.rss, used.passes / seconds, used.encoded / seconds, used.at)


async def curve(service: Service, clip: Clip) -> list[Figure]:
    """What the encoder was given until then, at points of one long utterance."""
    tell("a minute without a pause")
    speech, points = clip.without_pauses(max(_CURVE)), []
    begun, before = time.monotonic(), service.reading()

    async def watch() -> None:
        for at in _CURVE:
            await asyncio.sleep(begun + at / _CURVE_PACE - time.monotonic())
            points.append(service.reading().since(before).encoded / at)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(watch())
        tasks.create_task(stream(service.stub, speech, pace=_CURVE_PACE, max_utterance=60.0))
    return [
        figure(f"whisper_decoded_seconds_per_audio_s_{at}s", value)
        for at, value in zip(_CURVE, points, strict=True)
    ]


async def _together(hear: Hear, clip: Clip, sessions: int) -> list[Heard]:
    """That many sessions, begun evenly over a second."""

    async def one(number: int) -> Heard:
        await asyncio.sleep(number / sessions)
        return await hear(clip)

    async with asyncio.TaskGroup() as tasks:
        begun = [tasks.create_task(one(number)) for number in range(sessions)]
    return [task.result() for task in begun]


def _lags(name: str, total: Score) -> list[Figure]:
    finals, interims = total.final_lags, total.interim_lags
    if not finals:
        raise BenchError(f"{name}: nothing was recognised")
    wanted: Mapping[str, str] = _WANTED.get(name, {})
    return [
        Figure(
            f"{name}_final_lag_median_s",
            statistics.median(finals),
            min(finals),
            max(finals),
            wanted.get("final", ""),
        ),
        figure(f"{name}_final_lag_max_s", max(finals)),
        Figure(
            f"{name}_interim_lag_median_s",
            statistics.median(interims),
            min(interims),
            max(interims),
            wanted.get("interim", ""),
        ),
        figure(f"{name}_changed_words_share", total.changed_share, wanted.get("changed", "")),
    ]


def figure(name: str, value: float, wanted: str = "") -> Figure:
    """A figure that was measured once."""
    return Figure(name, value, value, value, wanted)


def tell(what: str) -> None:
    """Progress, with the seconds since the bench began."""
    print(f"bench: {time.monotonic() - _BEGAN:3.0f} s  {what}", file=sys.stderr, flush=True)
