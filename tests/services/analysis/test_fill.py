from dataclasses import dataclass
from enum import StrEnum

import pytest

from rivermouth.analysis.v1.analysis_pb2 import SpeakerIntent, SummaryPoint, Trend
from rivermouth.analysis.v1.findings_pb2 import SessionInsightsFindings
from rivermouth.semantics.v1.semantics_pb2 import INTENT_ACTION_ITEM
from services.analysis.fill import fill, fill_parts
from services.analysis.segment import Intent


class Color(StrEnum):
    MAUVE = "mauve"


@dataclass(frozen=True)
class Point:
    text: str | None = None
    kind: Color | None = None
    start_offset: int | None = None
    colour: str | None = None


@dataclass(frozen=True)
class Inner:
    intent: Intent
    primary: int


@dataclass(frozen=True)
class Outer:
    intents: tuple[Inner, ...]
    segments: int


def test_scalars_durations_and_what_is_absent() -> None:
    point = SummaryPoint()
    fill(point, Point(text="", start_offset=1_500_000_000))
    assert (point.start_offset.seconds, point.start_offset.nanos) == (1, 500_000_000)
    untouched = Trend()
    fill(untouched, Point())
    assert untouched == Trend()


def test_messages_within_messages_and_members_of_enumerations() -> None:
    message = SpeakerIntent()
    fill(message, Outer((Inner(Intent.ACTION_ITEM, 2), Inner(Intent.GENERAL, 1)), 3))
    assert [each.primary for each in message.intents] == [2, 1]
    assert message.intents[0].intent == INTENT_ACTION_ITEM


@pytest.mark.parametrize(
    ("measures", "error"), [(Point(colour="red"), AttributeError), (Point(kind=Color.MAUVE), KeyError)]
)
def test_what_the_contract_does_not_have(measures: Point, error: type[Exception]) -> None:
    with pytest.raises(error):
        fill(SummaryPoint(), measures)


@dataclass(frozen=True)
class Told:
    description: str
    lines: tuple[int, ...]


@dataclass(frozen=True)
class Insights:
    turning_points: tuple[Told, ...]


@pytest.mark.parametrize("as_parts", [True, False])
def test_lines_become_segments(as_parts: bool) -> None:
    """In order, each once, and none that is not there; of an object as of the parts of one."""
    points = (Told("a", (3, 1, 3, 0, 4, -1, 10**9)), Told("b", ()))
    findings = SessionInsightsFindings()
    fill_parts(findings, {"turning_points": list(points)} if as_parts else Insights(points), ["x", "y", "z"])
    told = [(each.description, list(each.segment_ids)) for each in findings.turning_points]
    assert told == [("a", ["x", "z"]), ("b", [])]


def test_parts_that_are_not_there_stay_absent() -> None:
    findings = SessionInsightsFindings(narrative="kept")
    fill_parts(findings, {}, [])
    fill_parts(findings, {"narrative": None}, [])
    assert findings == SessionInsightsFindings(narrative="kept")
    with pytest.raises(AttributeError, match="weather"):
        fill_parts(findings, {"weather": "fine"}, [])
