"""The bench of recognition: a quick run over the wire, what is counted, and peers as they speak."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import websockets

from deploy.local.bench import BenchError
from deploy.local.benches import asr, asr_counted, asr_peers
from deploy.local.benches.asr_audio import RATE, Clip
from deploy.local.benches.asr_process import usage
from deploy.local.benches.asr_scores import Said
from tests.deploy.test_bench import run

LAGS = ("final_lag_median_s", "final_lag_max_s", "interim_lag_median_s", "changed_words_share")
PROMISED = {
    f"sphinx_{name}"
    for name in (*LAGS, "wer", "rtf", "lost_words", "cut_lost_words", "cpu_per_audio_s", "rss_mib")
}


@pytest.mark.bench
def test_a_quick_run_over_the_wire_gives_every_promised_figure(capfd: pytest.CaptureFixture[str]) -> None:
    assert run("asr", "--engine", "sphinx", "--quick", "--json") == 0
    out, err = capfd.readouterr()
    figures = json.loads(out)
    assert set(figures) >= PROMISED
    assert all(math.isfinite(value) for value in figures.values())
    assert figures["sphinx_cpu_per_audio_s"] > 0
    assert figures["sphinx_rss_mib"] > 0
    assert figures["sphinx_final_lag_median_s"] > 0
    assert figures["sphinx_wer"] < 0.5
    assert figures["sphinx_lost_words"] == figures["sphinx_changed_finals"] == 0
    assert "Traceback" not in err


def test_a_model_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="no model of Whisper"):
        asr.run(True, model=str(tmp_path))


def test_its_options_are_not_for_other_benches(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("gateway", "--whole") == 1
    assert "--whole is for the bench asr" in capsys.readouterr().err


def test_passes_and_the_seconds_they_were_given_are_counted(tmp_path: Path) -> None:
    counts = tmp_path / "counts"
    asr_counted.clear_counts(counts)
    (tmp_path / "ctranslate2.py").write_text(
        "class models:\n class Whisper:\n  def encode(self, x): return x\n  def generate(self, x): return x\n"
    )
    (tmp_path / "program.py").write_text(
        "import sys, types, ctranslate2\n"
        "whisper = ctranslate2.models.Whisper()\n"
        "whisper.encode(types.SimpleNamespace(shape=[2, 80, 300]))\n"
        "whisper.generate(types.SimpleNamespace(shape=[1, 1500, 384]))\n"  # the encoder's output: no pass
        "whisper.generate(types.SimpleNamespace(shape=[1, 128, 3000]))\n"
        "print(sys.argv[1:])\n"
    )
    named = {asr_counted.MODULE: "program", asr_counted.COUNTS: str(counts), "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, asr_counted.__file__, "an", "argument"],
        env={**os.environ, **named},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "['an', 'argument']\n"
    assert asr_counted.read_counts(counts) == (3.0, 36.0)


def test_the_use_of_a_process_holds_that_of_its_children() -> None:
    before = usage(os.getpid())
    burn = "import time\nwhile time.process_time() < 0.2: pass\nprint(flush=True)\ninput()"
    with subprocess.Popen(
        [sys.executable, "-c", burn], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        alive = usage(os.getpid())
        child.communicate(b"\n")
    ended = usage(os.getpid())
    assert alive.cpu - before.cpu >= 0.15
    assert ended.cpu - before.cpu >= 0.15
    assert alive.rss > before.rss


CLIP = Clip(
    "clip", np.full((RATE // 2, 1), 1000, np.int16), (((Said("one", 0.0, 0.1), Said("two", 0.1, 0.2)),),)
)


async def _hear(name: str, serve: Any) -> Any:
    async with websockets.serve(serve, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        return await asr_peers.stream(asr_peers.Peer(name, port, os.getpid(), Path()), CLIP)


async def test_whisper_live_is_understood() -> None:
    got: list[Any] = []

    async def serve(socket: Any) -> None:
        got.append(json.loads(await socket.recv()))
        await socket.send(json.dumps({"uid": "bench", "message": "SERVER_READY"}))
        audio = b""
        while (data := await socket.recv()) != b"END_OF_AUDIO":
            audio += data
        got.append(np.frombuffer(audio, "<f4"))
        open_one = {"start": "0.000", "text": " One", "completed": False}
        await socket.send(json.dumps({"segments": [open_one]}))
        # It sends the last segments only: what was completed before stays.
        await socket.send(json.dumps({"segments": [{**open_one, "completed": True}]}))
        await socket.send(json.dumps({"segments": [{**open_one, "start": "0.100", "text": " Two."}]}))

    heard = await _hear("whisper_live", serve)
    assert got[0]["language"] == "en"
    assert got[1] == pytest.approx(np.full(RATE // 2, 1000 / 32768))
    assert [(screen.words, screen.final) for screen in heard.screens[0]] == [
        (("one",), 0),
        (("one",), 1),
        (("one", "two"), 1),
    ]
    assert heard.score(CLIP).lost == 1


async def test_whisperlivekit_is_understood() -> None:
    got: list[bytes] = []

    async def serve(socket: Any) -> None:
        await socket.send(json.dumps({"type": "config", "useAudioWorklet": True}))
        while data := await socket.recv():
            got.append(data)
        silence = {"text": None, "speaker": -2}
        for lines, buffer in (([], "one"), ([{"text": "One"}, silence], "two"), ([{"text": "One two."}], "")):
            await socket.send(json.dumps({"lines": lines, "buffer_transcription": buffer}))
        await socket.send(json.dumps({"type": "ready_to_stop"}))
        await socket.wait_closed()

    heard = await _hear("whisperlivekit", serve)
    assert np.frombuffer(b"".join(got), "<i2").tolist() == [1000] * (RATE // 2)
    assert [(screen.words, screen.final) for screen in heard.screens[0]] == [
        (("one",), 0),
        (("one", "two"), 1),
        (("one", "two"), 2),
    ]
    assert heard.score(CLIP).word_error_rate == 0


async def test_a_peer_that_is_not_there_is_an_error() -> None:
    with pytest.raises(BenchError, match="the peer whisper_live"):
        await asr_peers.stream(asr_peers.Peer("whisper_live", 1, os.getpid(), Path()), CLIP)
