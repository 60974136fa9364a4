"""`make demo`: start the suite on free ports, stream the sample call at the pace of speech, show the events.

The call is a stereo dialogue that the project made itself. What is shown at the end is checked, not only
shown: the counts of the summary against what this client received, each final's channel, and the words
against what was said.

No language model is asked, whatever keys are in the environment: the demo costs nothing. With --emulated the
vendors' emulator answers, which understands nothing, to show how models' parts come.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.launcher import LaunchError, launch
from deploy.local.layout import programs
from deploy.local.score import word_errors, words
from rivermouth.client import Client, Event, Reducer, Transcript, audio_format_of
from rivermouth.client.errors import RivermouthError
from rivermouth.client.view.plain import PlainView, View
from rivermouth.client.view.terminal import TerminalView

SAMPLE = Path(__file__).resolve().parents[2] / "tests" / "data" / "sample_call"
MOST_WORD_ERRORS = 0.12
_MODELS = "RIVERMOUTH_ANALYSIS__LLM__"


@dataclass
class Heard:
    """The final transcripts of one run."""

    finals: dict[int, list[Transcript]] = field(default_factory=lambda: defaultdict(list))

    def add(self, event: Event) -> None:
        if isinstance(event.body, Transcript) and event.is_good and event.body.text:
            self.finals[event.body.channel_tag].append(event.body)

    def text(self, channel: int) -> str:
        return " ".join(final.text for final in self.finals[channel])


@dataclass(frozen=True)
class Check:
    """One thing that must hold."""

    name: str
    holds: bool
    found: str


async def run(separate: bool, realtime: bool, emulated: bool = False) -> list[Check]:
    """Start, stream, stop. Raises LaunchError, RivermouthError."""
    async with models(emulated) as variables:
        return await _run(separate, realtime, variables)


def forget_models(environment: MutableMapping[str, str]) -> None:
    """Take the settings of language models out of an environment; the suite inherits the rest."""
    for name in [name for name in environment if name.startswith(_MODELS)]:
        del environment[name]


@contextlib.asynccontextmanager
async def models(emulated: bool) -> AsyncIterator[Mapping[str, str]]:
    """Settings of language models: none, or the emulator's."""
    if not emulated:
        yield {}
        return
    from services.llm.command import settings
    from services.llm.emulator.server import Emulator

    with tempfile.TemporaryDirectory(prefix="rivermouth-demo-") as folder:
        async with Emulator() as emulator:
            certificate = emulator.write_certificate(Path(folder, "certificate.pem"))
            served = settings(emulator, certificate, "gemini")
            yield {name: value for name, value in served.items() if name.startswith(_MODELS)}


async def _run(separate: bool, realtime: bool, variables: Mapping[str, str]) -> list[Check]:
    wav = SAMPLE / "call.wav"
    reference = json.loads((SAMPLE / "reference.json").read_text())
    environment = {
        f"RIVERMOUTH_{part}__TELEMETRY__LOG_LEVEL": "WARNING"
        for part in ("GATEWAY", "ASR", "QUALITY", "SEMANTICS", "ANALYSIS")
    } | dict(variables)
    made = programs(separate, 0, environment)
    begun = time.monotonic()
    async with launch(made, lambda line: print(f"demo: {line}", file=sys.stderr)) as processes:
        address = processes["gateway"].address
        _say(
            f"{len(processes)} processes are up after {time.monotonic() - begun:.1f} s, gateway on {address}"
        )
        _say(f"streaming {reference['duration_s']:.0f} s of a call: agent left, customer right")
        heard, reducer, view = Heard(), Reducer(), _view()
        async with Client(address) as client:
            try:
                async with client.session(
                    audio_format_of(wav), channel_names=["agent", "customer"], labels={"source": "demo"}
                ) as session:
                    session.feed_file(wav, realtime=realtime)
                    async for event in session:
                        reducer.apply(event)
                        heard.add(event)
                        view.show(event)
            finally:
                view.close(reducer)
    return checks(reference, heard, reducer)


def checks(reference: dict[str, object], heard: Heard, reducer: Reducer) -> list[Check]:
    """What must hold of a run over the sample call."""
    said: dict[int, list[str]] = defaultdict(list)
    for utterance in reference["utterances"]:  # type: ignore[attr-defined]
        said[utterance["channel"]] += words(utterance["text"])
    total = sum(map(len, said.values()))
    errors = sum(word_errors(said[channel], words(heard.text(channel))) for channel in said)
    # On the wrong channel: finals that agree better with what was said on the other one.
    stray = [
        final.text
        for channel, finals in heard.finals.items()
        for final in finals
        if _belongs(final, reference) != channel
    ]
    dropped = sum(each.dropped for each in reducer.summary.services) if reducer.summary else 0
    wrong = [*reducer.violations, *reducer.check_summary()]
    return [
        Check(
            "summary counts equal what was received",
            not wrong and reducer.summary is not None,
            "; ".join(map(str, wrong)) or f"{reducer.last_sequence} events",
        ),
        Check("no audio dropped on the way", not dropped, f"{dropped} pieces dropped"),
        Check("each final on its speaker's channel", not stray, f"{len(stray)} strayed" if stray else "all"),
        Check(
            f"word error rate at most {MOST_WORD_ERRORS:.0%}",
            errors <= MOST_WORD_ERRORS * total,
            f"{errors} of {total} words, {errors / total:.1%}",
        ),
    ]


def _belongs(final: Transcript, reference: dict[str, object]) -> int:
    """The channel that spoke most in the time of a final."""
    start = final.start_offset.ToNanoseconds() / 1e9
    end = final.end_offset.ToNanoseconds() / 1e9
    spoken: dict[int, float] = defaultdict(float)
    for utterance in reference["utterances"]:  # type: ignore[attr-defined]
        overlap = min(end, utterance["end_s"]) - max(start, utterance["start_s"])
        spoken[utterance["channel"]] += max(0.0, overlap)
    return max(spoken, key=lambda channel: spoken[channel])


def _view() -> View:
    if not sys.stdout.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        return PlainView(sys.stdout, "")
    return TerminalView(
        sys.stdout, lambda: shutil.get_terminal_size().columns, color="NO_COLOR" not in os.environ
    )


def _say(line: str) -> None:
    print(f"demo: {line}", flush=True)


def main() -> int:
    """0 where everything holds, 1 where something does not or cannot be started."""
    parser = argparse.ArgumentParser(prog="demo", description=__doc__)
    parser.add_argument("--processes", action="store_true", help="each service in a process of its own")
    parser.add_argument(
        "--fast", action="store_true", help="as fast as it is taken, not at the pace of speech"
    )
    parser.add_argument(
        "--emulated", action="store_true", help="with models' parts, made up by the emulator of the vendors"
    )
    options = parser.parse_args()
    forget_models(os.environ)
    try:
        found = asyncio.run(run(options.processes, not options.fast, options.emulated))
    except (LaunchError, RivermouthError) as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    for check in found:
        print(f"{'ok' if check.holds else 'FAILED':7}{check.name}: {check.found}")
    return 0 if all(check.holds for check in found) else 1


if __name__ == "__main__":
    raise SystemExit(main())
