"""The committed degraded sample is what its truth says, and flite still makes the same one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from services.quality.measures import ChannelProblem, ChannelProblemKind
from tests.services.quality.sounds import DATA, figures, load

SAMPLE = DATA / "degraded_sample"
TRUTH: list[dict[str, Any]] = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))["files"]
BY_NAME = {entry["file"]: entry for entry in TRUTH}


def test_is_small_and_complete() -> None:
    files = {path.name: path.stat().st_size for path in SAMPLE.glob("*.wav")}
    assert files.keys() == BY_NAME.keys()
    assert sum(files.values()) < 3_000_000


@pytest.mark.parametrize("name", [entry["file"] for entry in TRUTH if "snr_db" in entry])
def test_snr(name: str) -> None:
    rate, samples = load(SAMPLE / name)
    assert figures(samples, rate).speech.snr_db == pytest.approx(BY_NAME[name]["snr_db"], abs=2)


def test_clipping() -> None:
    rate, samples = load(SAMPLE / "clipped.wav")
    found = figures(samples, rate).overall
    assert found.clipping_ratio == pytest.approx(BY_NAME["clipped.wav"]["clipping_ratio"], rel=0.1)
    assert found.peak_dbfs < -10


def test_dropouts() -> None:
    rate, samples = load(SAMPLE / "dropouts.wav")
    found = figures(samples, rate).interruptions
    wanted = BY_NAME["dropouts.wav"]["dropouts"]
    starts = [each.position / rate for each in found]
    assert starts == pytest.approx([each["start_s"] for each in wanted], abs=0.005)
    lengths = [each.frames / rate for each in found]
    assert lengths == pytest.approx([each["duration_s"] for each in wanted], abs=0.005)


def test_hum() -> None:
    rate, samples = load(SAMPLE / "hum.wav")
    found, wanted = figures(samples, rate).hum, BY_NAME["hum.wav"]
    assert found.hertz == pytest.approx(wanted["hum_hertz"], abs=0.1)
    assert found.dbfs == pytest.approx(wanted["hum_dbfs"], abs=0.5)


def test_telephone_band() -> None:
    rate, samples = load(SAMPLE / "telephone_48k.wav")
    found, wanted = figures(samples, rate).bandwidth, BY_NAME["telephone_48k.wav"]
    assert found.content_rate_hertz == wanted["content_rate_hertz"]
    low, high = wanted["bandwidth_hertz"]
    assert low <= found.hertz <= high


def test_inverted_channel() -> None:
    rate, samples = load(SAMPLE / "inverted.wav")
    assert figures(samples, rate).problems == (ChannelProblem(ChannelProblemKind.INVERTED, 1, 2),)


def test_each_fault_lowers_the_score() -> None:
    scores = {name: figures(*reversed(load(SAMPLE / name))).score.points for name in BY_NAME}
    clean = scores.pop("clean.wav")
    assert clean > 95
    assert all(points < clean - 5 for points in scores.values()), scores


@pytest.mark.needs("flite")
def test_flite_makes_the_same(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(SAMPLE / "make.py"), "--out", str(tmp_path)], check=True, timeout=120)
    made = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))["files"]
    assert [entry["file"] for entry in made] == [entry["file"] for entry in TRUTH]
    for name in BY_NAME:
        rate, samples = load(tmp_path / name)
        committed_rate, committed = load(SAMPLE / name)
        assert rate == committed_rate
        assert samples.shape[0] == pytest.approx(committed.shape[0], abs=rate // 20)
        assert 20 * np.log10(samples.std() / committed.std()) == pytest.approx(0, abs=0.5)
