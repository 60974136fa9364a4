"""`rivermouth stream` as its users run it: a process against a server."""

import argparse
import json
import os
import pty
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rivermouth.asr.v1.asr_pb2 import RecognitionConfig, SpeechContext
from rivermouth.client.commands.stream import add_parser
from rivermouth.client.commands.streaming import options_of, recognition_of
from rivermouth.client.requests import streaming_config
from tests.clients.python.conftest import ROOT, environment

LIMIT = 20
MakeWav = Callable[..., Path]
COMMAND = [sys.executable, "-m", "rivermouth.client.cli", "stream"]


@pytest.fixture
def address(server_process: tuple["subprocess.Popen[str]", str]) -> str:
    return server_process[1]


def stream(*arguments: str | Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=LIMIT,
        env=environment() | variables,
        check=False,
    )


def test_a_file_without_a_terminal(address: str, make_wav: MakeWav) -> None:
    done = stream(make_wav(), "--address", address, "--analyser", "quantitative_metrics")
    assert done.stderr == ""
    assert done.returncode == 0
    assert "[  0.0s] speaker" not in done.stdout
    assert "[  0.0s] channel 1: thank you for calling how can I help you today\n" in done.stdout
    assert "quantitative_metrics: words 10" in done.stdout
    assert "session finished: " in done.stdout
    assert "the counts agree with the " in done.stdout
    assert "\x1b" not in done.stdout


def test_raw_samples_and_channel_names(address: str, tmp_path: Path) -> None:
    raw = tmp_path / "a.raw"
    raw.write_bytes(bytes(8000 * 2 * 2))
    arguments = [
        "--encoding",
        "mulaw",
        "--rate",
        "8000",
        "--channels",
        "2",
        "--channel-names",
        "agent, customer",
    ]
    done = stream(raw, *arguments, RIVERMOUTH_ADDRESS=address)
    assert done.returncode == 0, done.stderr
    assert "[  0.0s] agent: " in done.stdout
    assert "[  0.0s] customer: " in done.stdout


def test_text_and_several_files(address: str, make_wav: MakeWav, tmp_path: Path) -> None:
    text = tmp_path / "chunks.jsonl"
    text.write_text('{"start": 0, "end": 0.2, "text": "hello", "speaker": "anna"}\n')
    files = [make_wav(seconds=1.0, name="a.wav"), make_wav(seconds=1.0, name="b.wav")]
    done = stream(*files, "--text", text, "--address", address, "--realtime", "--parallel")
    assert done.returncode == 0, done.stderr
    assert "chunks.jsonl: [  0.0s] anna: hello\n" in done.stdout
    for name in ("a.wav", "b.wav", "chunks.jsonl"):
        assert f"{name}: the counts agree with the " in done.stdout


def test_json_lines(address: str, make_wav: MakeWav) -> None:
    done = stream(make_wav(), make_wav(), "--address", address, "--json", "--channel-names", "agent")
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [int(event["sequence"]) for event in events] == 2 * list(range(1, len(events) // 2 + 1))
    assert "session_started" in events[0]
    assert "session_summary" in events[-1]


def test_options_of_recognition() -> None:
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    nothing = recognition_of(parser.parse_args(["stream", "a.wav"]))
    assert nothing == RecognitionConfig()
    line = "--language auto --phrase anna --phrase rivermouth --mask-profanity --allow-audio-egress"
    assert recognition_of(parser.parse_args(["stream", "a.wav", *line.split()])) == RecognitionConfig(
        language_code="auto",
        speech_contexts=[SpeechContext(phrases=["anna", "rivermouth"])],
        profanity_filter=True,
        allow_audio_egress=True,
    )


def test_options_of_language_models() -> None:
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    nothing = streaming_config(None, options_of(parser.parse_args(["stream", "a.wav"])))
    assert (list(nothing.llm_providers), nothing.cache_answers) == ([], False)
    line = "--llm-provider claude --llm-provider ollama --cache-answers --analyser argument"
    asked = streaming_config(None, options_of(parser.parse_args(["stream", "a.wav", *line.split()])))
    assert (list(asked.llm_providers), asked.cache_answers) == (["claude", "ollama"], True)
    assert [each.name for each in asked.analysers] == ["argument"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name a recording to stream"),
        (["nowhere.wav"], "nowhere.wav: No such file or directory"),
        ([str(ROOT)], "is a directory"),
        ([__file__], "this is not a WAV file. For raw samples say --encoding"),
        ([__file__, "--encoding", "alaw"], "raw samples need --rate"),
        (["--text", __file__], "line 1: "),
        (["--rate", "x"], "invalid int value"),
    ],
)
def test_wrong_usage(arguments: list[str], message: str) -> None:
    done = stream(*arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_no_server(make_wav: MakeWav) -> None:
    done = stream(make_wav(), "--address", "127.0.0.1:1")
    assert done.returncode == 1
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("rivermouth stream: a.wav: TRANSPORT_UNAVAILABLE: 127.0.0.1:1: ")
    assert lines[0].endswith(
        "Is a server running there? `rivermouth up` starts one, --address names another."
    )


def test_a_reader_that_has_seen_enough(address: str, make_wav: MakeWav) -> None:
    command = " ".join([*COMMAND, str(make_wav(seconds=100.0)), "--address", address, "--json"])
    done = subprocess.run(
        ["/bin/bash", "-c", f"set -o pipefail; {command} | head -n 1"],
        capture_output=True,
        text=True,
        timeout=LIMIT,
        env=environment(),
        check=False,
    )
    assert done.stderr == ""
    assert done.returncode == 0
    assert "session_started" in done.stdout


def start(*arguments: str | Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )


def test_the_first_interrupt_ends_the_input_and_drains(address: str, make_wav: MakeWav) -> None:
    with start(make_wav(seconds=600.0), "--address", address, "--realtime", "--json") as process:
        assert process.stdout is not None
        assert "session_started" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=LIMIT)
    assert (process.returncode, errors) == (0, "")
    assert "session_summary" in json.loads(rest.splitlines()[-1])


def test_the_second_interrupt_cancels(make_wav: MakeWav, tmp_path: Path) -> None:
    """Against a server that never ends: one that is stopped."""
    script = Path(__file__).parent / "scripted_orchestrator.py"
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=environment()
    ) as server:
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        with start(make_wav(seconds=600.0), "--address", address, "--realtime", "--json") as process:
            assert process.stdout is not None
            assert "session_started" in process.stdout.readline()
            server.send_signal(signal.SIGSTOP)
            process.send_signal(signal.SIGINT)
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(timeout=0.5)
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=LIMIT)
        server.kill()
    assert (process.returncode, errors) == (130, "")


def test_on_a_terminal_interims_are_shown(address: str, make_wav: MakeWav) -> None:
    controller, terminal = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, str(make_wav()), "--address", address],
        stdout=terminal,
        stderr=terminal,
        env=environment() | {"TERM": "xterm"},
    ) as process:
        os.close(terminal)
        output = b""
        while select.select([controller], [], [], LIMIT)[0]:
            try:
                output += os.read(controller, 65536)
            except OSError:  # the other side is closed
                break
        os.close(controller)
    assert process.returncode == 0
    text = output.decode()
    assert "channel 1: \x1b[2mthank you for calling\x1b[0m" in text
    assert "channel 1: thank you for calling how can I help you today\r\n" in text
    assert text.rstrip().endswith("events received")
