"""The analysis bench gives every promised figure, and each is a number. How large is not judged here."""

from __future__ import annotations

import json
import math

import pytest

from tests.deploy.test_bench import run

VENDORS = ("gemini", "claude", "openai", "ollama")
PROMISED = {
    *(f"local_coarse{asking}_{share}_ms" for asking in ("", "_asking") for share in ("p50", "p99")),
    *("first_token_overhead_ms", "total_ratio", "total_ratio_at_once"),
    *(f"{vendor}_first_token_overhead_ms" for vendor in VENDORS),
    *(f"{vendor}_total_ratio" for vendor in VENDORS),
    *("llm_blocks_ratio", "transcript_instant_model_p90_ms", "transcript_slow_model_p90_ms"),
    *("objects_before_end_share", "redaction_us", "acoustic_ms_per_10_s"),
}


@pytest.mark.bench
def test_the_analysis_bench_gives_every_promised_figure(capfd: pytest.CaptureFixture[str]) -> None:
    assert run("analysis", "--quick", "--json") == 0
    out, err = capfd.readouterr()
    figures = json.loads(out)
    assert set(figures) >= PROMISED
    for name in PROMISED:
        assert math.isfinite(figures[name]), name
        assert name.endswith("_overhead_ms") or figures[name] > 0, name
    assert figures["objects_before_end_share"] <= 1
    assert err.startswith("bench: ")
    assert "Traceback" not in err
