"""What every analysis must keep to; a new one is covered by being registered."""

from dataclasses import fields

import pytest

from rivermouth.analysis.v1.analysis_pb2 import LocalPart
from services.analysis.analysis import Analysis, Segment, Trigger
from services.analysis.messages import local_part
from services.analysis.registry import ANALYSES, DEFAULTS
from services.analysis.scripted import scripted

WORDS = Segment.of("one two three four five six seven eight nine ten " * 4, length=9_000_000_000)


@pytest.fixture(params=sorted(ANALYSES))
def analysis(request: pytest.FixtureRequest) -> Analysis:
    return ANALYSES[request.param]


def test_defaults_exist() -> None:
    assert set(DEFAULTS) <= set(ANALYSES)


def test_its_measures_are_those_of_its_message(analysis: Analysis) -> None:
    message = LocalPart.DESCRIPTOR.fields_by_name[analysis.name].message_type
    accumulator = analysis.start()
    accumulator.accept(WORDS)
    for measures in (accumulator.coarse(), accumulator.measure(), analysis.script(1)):
        assert {field.name for field in fields(measures)} == set(message.fields_by_name)
        part = local_part(analysis, measures, "")
        assert part.WhichOneof("measures") == analysis.name


def test_it_can_be_asked_for_with_its_default(analysis: Analysis) -> None:
    assert analysis.default in analysis.triggers <= set(Trigger)
    assert analysis.needs >= 1


def test_absent_measures_are_absent_in_the_message(analysis: Analysis) -> None:
    accumulator = analysis.start()
    accumulator.accept(WORDS)
    coarse = accumulator.coarse()
    found = getattr(local_part(analysis, coarse, ""), analysis.name)
    absent = [field.name for field in fields(coarse) if getattr(coarse, field.name) is None]
    assert not any(found.HasField(name) for name in absent)


def test_its_scripted_twin_counts_segments(analysis: Analysis) -> None:
    accumulator = scripted(analysis).start()
    assert analysis.shortage(accumulator.amount)
    accumulator.accept(Segment.of(""))
    assert not analysis.shortage(accumulator.amount)
    assert accumulator.measure() == analysis.script(1)
