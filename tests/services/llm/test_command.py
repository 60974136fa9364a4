"""`rivermouth llm emulate`, as a user runs it."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from services.llm.command import add_parser
from services.llm.llm import Llm
from services.llm.settings import LlmSettings
from services.runtime.config import load
from services.runtime.settings import Settings
from tests.services.llm.live.listening import sound, wav
from tests.services.llm.vendors import claims


class Deployment(Settings):
    """The part of a deployment that asks models."""

    llm: LlmSettings = LlmSettings()


def parsed(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    return parser.parse_args(["llm", *arguments])


@contextmanager
def emulating(*arguments: str) -> Iterator[dict[str, str]]:
    script = (
        "import argparse, sys; from services.llm.command import add_parser; p = argparse.ArgumentParser();"
        "add_parser(p.add_subparsers()); o = p.parse_args(sys.argv[1:]); sys.exit(o.run(o))"
    )
    command: Sequence[str] = (sys.executable, "-c", script, "llm", "emulate", "--json", *arguments)
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=env, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=10) == 0


async def test_the_settings_it_prints_lead_to_it() -> None:
    with emulating("--provider", "claude") as variables:
        llm = {
            name.replace("ANALYSIS__", ""): value
            for name, value in variables.items()
            if name.startswith("RIVERMOUTH_ANALYSIS__LLM__")
        }
        settings = load(Deployment, llm).llm
        assert settings.configured == ("claude",)
        async with Llm(settings) as models:
            assert (await claims(models)).value.claims
            describer = models.describer("Say how it sounds.")
            assert describer is not None
            described = await describer.describe(wav(sound(1.0)), 10)
            assert described.text.startswith("An emulator heard 1.0 s")
            await describer.close()
        certificate = Path(variables["RIVERMOUTH_ASR__GEMINI_LIVE__CA_FILE"])
        assert b"BEGIN CERTIFICATE" in await asyncio.to_thread(certificate.read_bytes)
        assert variables["RIVERMOUTH_ASR__GEMINI_LIVE__BASE_URL"].startswith("https://127.0.0.1:")
    assert not await asyncio.to_thread(certificate.exists)


def test_modes_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    options = parsed("emulate", "--mode", "list")
    assert options.run(options) == 0
    assert "no_marker" in capsys.readouterr().out.split()
    options = parsed("emulate", "--mode", "typo")
    assert options.run(options) == 2
    assert "no_marker" in capsys.readouterr().err.split()


def test_a_port_that_is_taken_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        options = parsed("emulate", "--port", str(taken.getsockname()[1]))
        assert options.run(options) == 1
    assert "rivermouth llm:" in capsys.readouterr().err
