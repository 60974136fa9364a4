"""`rivermouth quality FILE…`: tables and JSON of local files, and what cannot be read."""

import argparse
import json
from pathlib import Path

import pytest

from services.quality.command import add_parser
from tests.services.quality.sounds import DATA

SAMPLE = DATA / "degraded_sample"


def run(*arguments: str | Path) -> int:
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    options = parser.parse_args(["quality", *map(str, arguments)])
    return options.run(options)


def test_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(SAMPLE / "dropouts.wav", SAMPLE / "inverted.wav") == 0
    out = capsys.readouterr().out
    first, second = out.split("\n\n")
    assert "5.5 s, 16000 Hz, channels: 1" in first
    assert "at 1.10 s" in first
    assert "! The sound is cut out 3 times" in first
    for name in ("score", "level", "true peak", "loudness", "SNR", "clarity", "bandwidth", "clipping"):
        assert f"\n  {name} " in first
    assert "channel 2" in second
    assert "! Channel 2 is channel 1 inverted" in second


def test_json_is_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(SAMPLE / "hum.wav", SAMPLE / "telephone_48k.wav", "--json") == 0
    hum, telephone = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert next(iter(hum)) == "file"
    assert hum["hum"]["mains_hertz"] == 50
    assert (hum["rating"], hum["measured_share"]) == ("RATING_GOOD", 1.0)
    assert (telephone["sample_rate_hertz"], telephone["content_rate_hertz"]) == (48_000, 8_000)
    assert "header" not in hum


def test_what_cannot_be_measured_is_one_line_each_and_the_rest_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "notes.wav"
    text.write_text("no audio at all, but a text that is long enough to look at\n" * 50)
    empty = tmp_path / "empty.wav"
    empty.touch()
    assert run(text, tmp_path / "missing.wav", tmp_path, empty, SAMPLE / "clean.wav") == 1
    captured = capsys.readouterr()
    assert captured.out.startswith(str(SAMPLE / "clean.wav"))
    lines = captured.err.splitlines()
    assert [line.split(":")[0] for line in lines] == ["rivermouth quality"] * 4
    assert "No such file" in lines[1]
    assert "no audio" in lines[3]
