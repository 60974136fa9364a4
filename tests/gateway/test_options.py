"""What the gateway lets a client set of an analyser is what the services take."""

from __future__ import annotations

import pytest

from gateway.options import OFFERS
from gateway.plan import BUILT_IN
from rivermouth.semantics.v1.semantics_pb2 import StreamingAnnotateConfig
from services.runtime.errors import InvalidConfig
from services.semantics.messages import read_config


def test_every_built_in_analyser_has_its_offer() -> None:
    assert set(OFFERS) == {name for stage in BUILT_IN for name in stage.analysers}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(
            ("turn_gap", each)
            for each in ("0", "0.1", "2", " 3 ", "3600", "3600.1", "-1", "nan", "inf", "", "x")
        ),
        *(("held_on", each) for each in ("2026-03-04", "2026-02-30", "04.03.2026", "", "x")),
        ("window", "3"),
    ],
)
def test_semantics_takes_what_its_service_takes(key: str, value: str) -> None:
    try:
        read_config(StreamingAnnotateConfig(options={key: value}), "en", 2.0)
        taken = True
    except InvalidConfig:
        taken = False
    assert (OFFERS["semantics"].wrong(key, value) is None) == taken


def test_what_is_wrong_names_what_is_allowed() -> None:
    offer = OFFERS["workflow"]
    assert offer.wrong("foo", "1") == "there is no such option; there are batch_segments, batch_seconds"
    assert offer.wrong("batch_segments", "99") == "is '99'; a whole number from 1 to 32"
    assert OFFERS["audio_quality"].wrong("foo", "1") == "there is no such option; there are none"
    assert offer.wrong("batch_seconds", "x" * 10_000) is not None
    assert len(offer.wrong("batch_seconds", "x" * 10_000) or "") < 100
