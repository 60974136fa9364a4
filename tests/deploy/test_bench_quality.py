"""The quality bench gives every promised figure; what is no matter of speed is right even when tried."""

from __future__ import annotations

import argparse
import json

import pytest

from deploy.local import bench
from deploy.local.benches.containers import CONTAINERS

PROMISED = {
    "meter_x_realtime",
    "meter_x_realtime_48k_stereo",
    "loudness_error_lu",
    "loudness_ebu_3341_error_lu",
    "vad_cpu_ratio",
    "vad_max_difference",
    *(f"decode_x_realtime_{name}" for name in CONTAINERS),
    *(f"live_delay_ms_{name}" for name in CONTAINERS),
}


def test_the_quality_bench_gives_every_promised_figure(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    bench.add_parser(parser.add_subparsers())
    options = parser.parse_args(["bench", "quality", "--quick", "--json"])
    assert options.run(options) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures.keys() == PROMISED
    assert figures["loudness_error_lu"] <= 0.01
    assert figures["loudness_ebu_3341_error_lu"] <= 0.1
    assert figures["vad_max_difference"] == 0
    assert all(value > 0 for name, value in figures.items() if "realtime" in name or "ratio" in name)
