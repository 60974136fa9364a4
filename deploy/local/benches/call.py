"""How soon words are there: the sample call at the pace of speech, against the true times of its words.

The whole suite runs with PocketSphinx, first in the compact layout, then each service in a process of its
own. The true times are those of the synthesiser that spoke the call. Time 0 of the audio is when the client
began to send; it sends each 100 ms once they are over, as a microphone would.

    first_interim_s         from the begin of the first speech to the first interim's arrival
    interim_lag_…_ms        from the true end of a word to the arrival of the first transcript that shows a
                            word in its place (over its middle), right or not yet
    right_word_lag_…_ms     the same for the first that shows the right word there: a recogniser needs what
                            follows to be sure; words never recognised are not counted
    final_latency_…_s       from the true end of an utterance to the arrival of its final
    word_error_rate         of the finals, 0 to 1
    gateway_cpu_share       processor time of the gateway's process over the time of the call, 1 is a core,
                            where it is a process of its own
    compact_cpu_share       the same of the process that holds gateway, quality, semantics and analysis
"""

from __future__ import annotations

import asyncio
import difflib
import json
import os
import statistics
import sys
import wave
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.local.bench import BenchError, Figure
from deploy.local.launcher import LaunchError, launch
from deploy.local.layout import SERVICES, programs
from deploy.local.score import word_errors, words
from rivermouth.client import Client, Transcript, pcm
from rivermouth.client.errors import RivermouthError

SAMPLE = Path(__file__).resolve().parents[3] / "tests" / "data" / "sample_call"
_QUIET = {f"RIVERMOUTH_{part.upper()}__TELEMETRY__LOG_LEVEL": "ERROR" for part in ("gateway", *SERVICES)}
_QUICK_SECONDS = 6.0


@dataclass
class Run:
    """One call: when each transcript came, in seconds after time 0 of the audio."""

    arrivals: list[tuple[float, Transcript]] = field(default_factory=list)
    cpu_share: float = 0.0


def run(quick: bool) -> Sequence[Figure]:
    """Both layouts, the call once each: about 2 minutes."""
    reference = json.loads((SAMPLE / "reference.json").read_text())
    seconds = _QUICK_SECONDS if quick else reference["duration_s"]
    try:
        compact, processes = (asyncio.run(_call(separate, seconds)) for separate in (False, True))
    except (LaunchError, RivermouthError) as error:
        raise BenchError(str(error)) from error
    spoken = [each for each in reference["utterances"] if each["end_s"] < seconds - 2.0]
    return [
        *_figures(compact, spoken, ""),
        *_figures(processes, spoken, "processes_"),
        _once("compact_cpu_share", compact.cpu_share),
        _once("gateway_cpu_share", processes.cpu_share, "at most 0.02"),
    ]


def _figures(run: Run, spoken: list[dict[str, Any]], prefix: str) -> list[Figure]:
    lags, right, latencies, errors = [], [], [], 0
    for utterance in spoken:
        about = [each for each in run.arrivals if _is_about(each[1], utterance)]
        lags += _shown_lags(utterance, about)
        right += _right_lags(utterance, about)
        finals = [(at, body) for at, body in about if body.is_final]
        if finals:
            latencies.append(finals[-1][0] - utterance["end_s"])
        recognised = [word for _, body in finals for word in words(body.text)]
        errors += word_errors(words(utterance["text"]), recognised)
    if not lags or not latencies:
        raise BenchError("nothing was recognised")
    first = run.arrivals[0][0] - spoken[0]["start_s"]
    total = sum(len(words(each["text"])) for each in spoken)
    return [
        _once(f"{prefix}first_interim_s", first, "at most 1"),
        *_lag_figures(f"{prefix}interim_lag", lags, "at most 700"),
        *_lag_figures(f"{prefix}right_word_lag", right, ""),
        Figure(
            f"{prefix}final_latency_median_s",
            statistics.median(latencies),
            min(latencies),
            max(latencies),
        ),
        Figure(f"{prefix}final_latency_max_s", max(latencies), min(latencies), max(latencies), "at most 1.2"),
        _once(f"{prefix}word_error_rate", errors / total, "at most 0.12"),
    ]


def _once(name: str, value: float, wanted: str = "") -> Figure:
    """A figure that was measured once."""
    return Figure(name, value, value, value, wanted)


def _is_about(transcript: Transcript, utterance: dict[str, Any]) -> bool:
    """Whether a transcript is of an utterance: on its channel, and more than half of it in its time."""
    start, end = (each.ToNanoseconds() / 1e9 for each in (transcript.start_offset, transcript.end_offset))
    overlap = min(end, utterance["end_s"]) - max(start, utterance["start_s"])
    if transcript.channel_tag != utterance["channel"]:
        return False
    return bool(overlap > 0.5 * min(end - start, utterance["end_s"] - utterance["start_s"]))


def _lag_figures(name: str, lags: list[float], wanted: str) -> list[Figure]:
    """Median and 95th percentile, in ms."""
    inner = sorted(1e3 * lag for lag in lags)
    p95 = inner[min(len(inner) - 1, int(0.95 * len(inner)))]
    return [
        Figure(f"{name}_median_ms", statistics.median(inner), inner[0], inner[-1]),
        Figure(f"{name}_p95_ms", p95, inner[0], inner[-1], wanted),
    ]


def _shown_lags(utterance: dict[str, Any], about: list[tuple[float, Transcript]]) -> list[float]:
    """For each word in whose place something was shown: how long after its end, in seconds."""
    lags = []
    for word in utterance["words"]:
        middle = 1e9 * (word["start_s"] + word["end_s"]) / 2
        for at, body in about:
            if any(
                each.start_offset.ToNanoseconds() <= middle <= each.end_offset.ToNanoseconds()
                for each in body.words
            ):
                lags.append(max(0.0, at - word["end_s"]))
                break
    return lags


def _right_lags(utterance: dict[str, Any], about: list[tuple[float, Transcript]]) -> list[float]:
    """For each word of an utterance that was ever shown: how long after its end, in seconds."""
    said = [words(each["word"])[0] for each in utterance["words"]]
    shown: dict[int, float] = {}
    for at, body in about:
        matcher = difflib.SequenceMatcher(None, said, words(body.text), autojunk=False)
        for match in matcher.get_matching_blocks():
            for index in range(match.a, match.a + match.size):
                # Before its end a word can only have been guessed, or be another one like it.
                if at >= utterance["words"][index]["end_s"]:
                    shown.setdefault(index, at)
    return [at - utterance["words"][index]["end_s"] for index, at in shown.items()]


async def _call(separate: bool, seconds: float) -> Run:
    print(f"bench: {seconds:.0f} s of speech, {'processes' if separate else 'compact'}", file=sys.stderr)
    with wave.open(str(SAMPLE / "call.wav")) as recording:
        rate, channels = recording.getframerate(), recording.getnchannels()
        audio = recording.readframes(int(seconds * rate))
    result = Run()
    async with launch(programs(separate, 0, _QUIET), lambda line: None) as processes:
        gateway = processes["gateway"]
        async with Client(gateway.address) as client, client.session(pcm(rate, channels)) as session:
            loop = asyncio.get_running_loop()
            begin = loop.time()

            async def send() -> None:
                step = rate // 10 * channels * 2
                for number, at in enumerate(range(0, len(audio), step), 1):
                    await asyncio.sleep(begin + number / 10 - loop.time())
                    await session.send_audio(audio[at : at + step])
                await session.finish()

            used = _cpu_seconds(gateway.pid)
            session.feed(send())
            async for event in session:
                if isinstance(event.body, Transcript) and event.body.text:
                    result.arrivals.append((loop.time() - begin, event.body))
            result.cpu_share = (_cpu_seconds(gateway.pid) - used) / (loop.time() - begin)
    return result


def _cpu_seconds(pid: int) -> float:
    """Processor time that a process has used, seconds; from /proc, as Linux has it."""
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
