"""Running the sessions of `rivermouth stream`."""

import argparse
import asyncio
import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Sequence

from rivermouth.analysis.v1.redaction_pb2 import RedactionConfig
from rivermouth.asr.v1.asr_pb2 import RecognitionConfig, SpeechContext
from rivermouth.client.client import DEFAULT_ADDRESS, Client
from rivermouth.client.commands.sources import Source
from rivermouth.client.errors import AtCapacity, RequestError, RivermouthError, Unavailable
from rivermouth.client.reducer import Reducer
from rivermouth.client.requests import SessionOptions
from rivermouth.client.session import Session
from rivermouth.client.view.json_lines import JsonView
from rivermouth.client.view.plain import PlainView, View
from rivermouth.client.view.terminal import TerminalView
from rivermouth.client.view.v2 import V2View
from rivermouth.client.view.words import clean, error_words
from rivermouth.session.v1.events_pb2 import Error

_POLICIES = {
    "mask": RedactionConfig.POLICY_MASK,
    "hash": RedactionConfig.POLICY_HASH,
    "name": RedactionConfig.POLICY_ENTITY,
}


async def stream_all(args: argparse.Namespace, sources: Sequence[Source]) -> int:
    """One session a source; returns the exit code."""
    stop = asyncio.Event()
    _listen_for_interrupts(stop)
    async with Client(args.address or DEFAULT_ADDRESS) as client:
        if args.parallel and len(sources) > 1:
            running = [
                asyncio.create_task(_stream_one(client, source, _view(args, source.name), args, stop))
                for source in sources
            ]
            try:
                return max(await asyncio.gather(*running))
            finally:
                for task in running:
                    task.cancel()
                await asyncio.gather(*running, return_exceptions=True)
        code = 0
        for source in sources:
            if stop.is_set():
                break
            code = max(code, await _stream_one(client, source, _view(args), args, stop))
        return code


def recognition_of(args: argparse.Namespace) -> RecognitionConfig:
    """How to recognise, as the command line says."""
    return RecognitionConfig(
        language_code=args.language,
        speech_contexts=[SpeechContext(phrases=args.phrase)] if args.phrase else (),
        profanity_filter=args.mask_profanity,
        allow_audio_egress=args.allow_audio_egress,
    )


def redaction_of(args: argparse.Namespace) -> RedactionConfig | None:
    """What to replace before text leaves for language models; None where that was not asked for."""
    if args.redact is None:
        return None
    return RedactionConfig(
        policy=_POLICIES[args.redact],
        kinds=args.redact_kind,
        names=args.redact_name,
    )


def options_of(args: argparse.Namespace) -> SessionOptions:
    """What the session is asked for."""
    options = SessionOptions(
        analysers=args.analyser,
        channel_names=args.channel_names,
        recognition=recognition_of(args),
        llm_providers=args.llm_provider,
        cache_answers=args.cache_answers,
    )
    if (redaction := redaction_of(args)) is not None:
        options["redaction"] = redaction
    return options


async def _stream_one(
    client: Client, source: Source, view: View, args: argparse.Namespace, stop: asyncio.Event
) -> int:
    """Runs one session to its end and says on stderr what went wrong; 0 or 1."""
    reducer = Reducer()
    failures: list[str] = []
    options = options_of(args)
    if source.audio_format is None:
        del options["channel_names"]
    try:
        try:
            async with client.session(source.audio_format, **options) as session:
                session.feed(_send(session, source, args.realtime, stop))
                async for event in session:
                    reducer.apply(event)
                    view.show(event)
                    if isinstance(event.body, Error) and event.body.fatal:
                        failures.append(error_words(event.body))
        finally:
            view.close(reducer)
    except RivermouthError as error:
        failures.append(f"{error}. {_advice(error)}")
    except (OSError, ValueError) as error:
        if isinstance(error, BrokenPipeError):
            raise
        failures.append(f"{error}")
    else:
        failures += [
            f"the server broke a rule of the stream: {violation}" for violation in reducer.violations
        ]
        failures += [f"the summary does not agree: {difference}" for difference in reducer.check_summary()]
    for failure in failures:
        print(f"rivermouth stream: {source.name}: {clean(failure)}", file=sys.stderr)
    return 1 if failures else 0


async def _send(session: Session, source: Source, realtime: bool, stop: asyncio.Event) -> None:
    """Sends until all is sent or somebody asks to stop; then finishes, so that nothing said is lost."""
    sending = asyncio.create_task(source.send(session, realtime))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({sending, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if sending.done():
            await sending
    finally:
        sending.cancel()
        stopping.cancel()
        await asyncio.gather(sending, stopping, return_exceptions=True)
    await session.finish()


def _listen_for_interrupts(stop: asyncio.Event) -> None:
    """The first Ctrl-C ends the input, the second cancels."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def interrupted() -> None:
        if stop.is_set() and task is not None:
            task.cancel()
        stop.set()

    with contextlib.suppress(NotImplementedError):  # on Windows the first Ctrl-C cancels
        loop.add_signal_handler(signal.SIGINT, interrupted)


def _view(args: argparse.Namespace, name: str = "") -> View:
    """`name` tells sessions apart that run side by side; those have no lines to rewrite."""
    if args.json:
        return V2View(sys.stdout) if args.view == "v2" else JsonView(sys.stdout)
    if name or not sys.stdout.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        return PlainView(sys.stdout, f"{name}: " if name else "")
    return TerminalView(
        sys.stdout, lambda: shutil.get_terminal_size().columns, color="NO_COLOR" not in os.environ
    )


def _advice(error: RivermouthError) -> str:
    """What to do about it."""
    match error:
        case Unavailable():
            return "Is a server running there? `rivermouth up` starts one, --address names another."
        case AtCapacity():
            wait = "a while" if error.retry_after is None else f"{error.retry_after:.0f} s"
            return f"Try again in {wait}."
        case RequestError():
            return "Change the request; `rivermouth stream --help` lists the options."
    return "Try again." if error.retryable else "See the server's log."
