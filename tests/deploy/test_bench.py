"""The gateway bench gives every promised figure, and each is a number. How large is not judged here."""

from __future__ import annotations

import argparse
import json
import math

import pytest

from deploy.local import bench
from deploy.local.bench import Figure

PROMISED = {
    *(f"{layout}_added_p50_ratio" for layout in ("compact", "worker", "processes")),
    *(f"{layout}_cpu_ratio" for layout in ("compact", "worker", "processes")),
    "processes_cpu_ratio_20ms",
    *(f"{layout}_sessions_per_core" for layout in ("compact", "processes")),
    *(f"{layout}_rss_per_session_kib" for layout in ("compact", "processes")),
    *(f"{system}_p50_us" for system in ("echo", "compact", "worker", "processes")),
    *(
        f"{system}_us_per_session_second{sessions}"
        for system in ("echo", "compact", "worker", "processes")
        for sessions in ("", "_1", "_10", "_100")
    ),
    "events_per_session_second",
}


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    bench.add_parser(parser.add_subparsers())
    options = parser.parse_args(["bench", *arguments])
    code: int = options.run(options)
    return code


@pytest.mark.bench
def test_the_gateway_bench_gives_every_promised_figure(capfd: pytest.CaptureFixture[str]) -> None:
    assert run("gateway", "--quick", "--json") == 0
    out, err = capfd.readouterr()
    figures = json.loads(out)
    assert set(figures) >= PROMISED
    for name in PROMISED:
        assert math.isfinite(figures[name]), name
        assert name.endswith("_rss_per_session_kib") or figures[name] > 0, name
    assert err.startswith("bench: ")
    assert "Traceback" not in err


def test_a_figure_is_shown_with_its_spread_and_what_is_wanted() -> None:
    lines = bench.table([Figure("some_ratio", 1.5, 1.25, 2.0, "at most 2"), Figure("n", 7.0, 7.0, 7.0)])
    heading, first, second = lines.splitlines()
    assert heading.split() == ["figure", "median", "lowest", "highest", "wanted"]
    assert first.split() == ["some_ratio", "1.50", "1.25", "2.00", "at", "most", "2"]
    assert second.split() == ["n", "7.00", "7.00", "7.00"]


def test_a_bench_that_cannot_measure_says_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> list[Figure]:
        raise bench.BenchError("the process echo ended")

    monkeypatch.setattr("deploy.local.benches.gateway.run", fail)
    assert run("gateway") == 1
    out, err = capsys.readouterr()
    assert (out, err) == ("", "rivermouth bench gateway: the process echo ended\n")


def test_an_unknown_bench_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        run("nothing")
    assert exit_.value.code == 2
    assert "gateway" in capsys.readouterr().err
