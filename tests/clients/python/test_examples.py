import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rivermouth.result.v1.result_pb2 import Failure, Outcome
from rivermouth.transcript.v1.transcript_pb2 import Transcript
from tests.clients.python.conftest import ROOT, environment
from tests.clients.python.scripted_orchestrator import ScriptedSession, offset, serving

EXAMPLES = ROOT / "clients/python/examples"


def test_stream_file(
    server_process: tuple["subprocess.Popen[str]", str], make_wav: Callable[..., Path]
) -> None:
    _, address = server_process
    command = [sys.executable, str(EXAMPLES / "stream_file.py"), str(make_wav()), address]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, env=environment(), check=False)
    assert done.returncode == 0, done.stderr
    first, *_, last = done.stdout.splitlines()
    assert first == "channel 1: thank you for calling how can I help you today"
    assert last == "all 7 events arrived"


def test_stream_file_without_a_server(make_wav: Callable[..., Path]) -> None:
    command = [sys.executable, str(EXAMPLES / "stream_file.py"), str(make_wav()), "127.0.0.1:1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, env=environment(), check=False)
    assert done.returncode == 1
    assert "TRANSPORT_UNAVAILABLE" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def lost_recogniser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every session has, before all others, a final of which a recogniser that died had a part only."""
    start = ScriptedSession.start

    async def start_and_fail(self: ScriptedSession) -> None:
        await start(self)
        header = self.header("asr/1/lost", "asr", final=True)
        header.outcome = Outcome.OUTCOME_FAILED
        header.failure.CopyFrom(Failure(reason="PEER_UNAVAILABLE", message="gone"))
        cut = Transcript(header=header, channel_tag=1, is_final=True, end_offset=offset(1), text="thank yo")
        await self.emit("transcript", cut, 1)

    monkeypatch.setattr(ScriptedSession, "start", start_and_fail)


WORDS = "thank you for calling how can I help you today"


@pytest.mark.usefixtures("lost_recogniser")
async def test_stream_file_leaves_out_what_failed(
    make_wav: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    example = runpy.run_path(str(EXAMPLES / "stream_file.py"))
    async with serving() as (_, address):
        await example["stream_file"](str(make_wav()), address)
    assert capsys.readouterr().out.splitlines()[:-1] == [f"channel 1: {WORDS}"] * 2


@pytest.mark.usefixtures("lost_recogniser")
async def test_the_programs_in_the_readme_and_the_package(
    make_wav: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Both are run as they are printed, but for names, and with the file sent as fast as it goes."""
    readme = (ROOT / "README.md").read_text().partition("```python\n")[2].partition("```")[0]
    import rivermouth.client

    lines = (rivermouth.client.__doc__ or "").partition("\n\n")[2].partition("\n\nWithout")[0].splitlines()
    imports, rest = lines[0], lines[1:]
    package = "\n".join([imports.strip(), "async def main() -> None:", *rest])
    async with serving() as (_, address):
        for program in (readme.replace("asyncio.run(main())", ""), package):
            names: dict[str, Any] = {}
            for old, new in (
                ("127.0.0.1:50051", address),
                ("call.wav", str(make_wav())),
                (", realtime=True", ""),
            ):
                assert old in program
                program = program.replace(old, new)
            exec(program, names)
            await names["main"]()
            assert capsys.readouterr().out.splitlines() == [WORDS] * 2
