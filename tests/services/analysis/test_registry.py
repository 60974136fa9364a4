"""What every analysis must keep to; a new one is covered by being registered."""

from dataclasses import fields

import pytest

from gateway.options import OFFERS
from gateway.plan import ANALYSIS as STAGE
from rivermouth.analysis.v1.analysis_pb2 import LocalPart, Summary
from services.analysis.analyses import summary
from services.analysis.analysis import Accumulator, Analysis, MeasuredAnalysis, Trigger
from services.analysis.fill import fill
from services.analysis.registry import ANALYSES, DEFAULTS
from services.analysis.scripted import scripted
from services.analysis.segment import Intent, Keyword, Meaning, Segment

EVERYTHING = Meaning(
    intents=tuple(Intent),
    keywords=(Keyword("price", 2),),
    topics=("pricing",),
    risks=("churn_risk",),
    questions=("one two?",),
    action_items=("three",),
    commitments=("four",),
    decisions=("five",),
    sentiment=0.5,
    magnitude=1.0,
)
SECOND = 1_000_000_000
SEGMENTS = [
    Segment.of(
        "One two? Therefore maybe, because never um. " * 5,
        3 * each * SECOND,
        (3 * each + 2) * SECOND,
        who,
        1,
        str(each),
        1,
    )
    for each, who in enumerate(("anna", "ben", "anna"))
]
HEARD = {
    "emotion": {"arousal", "arousal_trend"},
    "enhanced_metrics": {"acoustic", "prosodic_congruence"},
    "credibility": set(),
}
"""Measures that are absent without sound."""
MEASURED = {name: each for name, each in ANALYSES.items() if isinstance(each, MeasuredAnalysis)}


@pytest.fixture(params=sorted(MEASURED))
def analysis(request: pytest.FixtureRequest) -> MeasuredAnalysis:
    return MEASURED[request.param]


def filled(analysis: MeasuredAnalysis, is_annotated: bool = True) -> Accumulator:
    accumulator = analysis.start()
    for each in SEGMENTS:
        meaning = EVERYTHING if is_annotated else None
        accumulator.accept(
            Segment.of(each.text, each.start, each.end, each.speaker, 1, each.segment_id, 1, meaning)
        )
    return accumulator


def message_of(analysis: Analysis) -> Summary | LocalPart:
    if analysis.name == summary.NAME:
        return Summary()
    part = LocalPart()
    found: LocalPart = getattr(part, analysis.name)
    return found


def test_the_gateway_offers_all_and_runs_what_the_service_runs() -> None:
    assert set(STAGE.analysers) == set(ANALYSES)
    assert set(DEFAULTS) <= set(ANALYSES)
    assert set(DEFAULTS) == STAGE.default_on


@pytest.mark.parametrize("name", sorted(ANALYSES))
def test_the_gateway_refuses_what_the_service_would(name: str) -> None:
    """The service refuses the whole stream: one wrong option would end all analyses."""
    analysis, offer = ANALYSES[name], OFFERS[name]
    assert set(offer.options) == set(analysis.all_options)
    for key, option in analysis.all_options.items():
        offered = offer.options[key]
        assert offered.default == str(option.default)
        for value in (option.least - 1, option.least, option.most, option.most + 1):
            assert offered.takes(str(value)) == (option.least <= value <= option.most)
        assert f"from {option.least} to {option.most}" in offered.allowed
    assert offer.triggers[0] == analysis.default.name
    assert set(offer.triggers) == {each.name for each in analysis.triggers}


@pytest.mark.parametrize("name", sorted(ANALYSES))
def test_it_can_be_asked_for_with_its_default(name: str) -> None:
    analysis = ANALYSES[name]
    assert analysis.name == name
    assert analysis.default in analysis.triggers <= set(Trigger)
    assert all(option.least <= option.default <= option.most for option in analysis.options.values())


def test_its_measures_are_those_of_its_message(analysis: MeasuredAnalysis) -> None:
    message = message_of(analysis)
    ours = set(message.DESCRIPTOR.fields_by_name)
    if analysis.name == summary.NAME:
        ours -= {"header", "chunk_index", "waiting_for", "llm", "errors"}
    accumulator = filled(analysis)
    for measures in (accumulator.coarse(), accumulator.measure(), analysis.script(1)):
        assert {field.name for field in fields(measures)} == ours
        fill(message_of(analysis), measures)


def test_whole_measures_of_a_whole_session_leave_nothing_out(analysis: MeasuredAnalysis) -> None:
    """But what only sound tells: there is none here."""
    measures = filled(analysis).measure()
    absent = {field.name for field in fields(measures) if getattr(measures, field.name) is None}
    assert absent == (HEARD[analysis.name] if analysis.hears else set())


def test_absent_measures_are_absent_in_the_message(analysis: MeasuredAnalysis) -> None:
    coarse, message = filled(analysis).coarse(), message_of(analysis)
    fill(message, coarse)
    absent = [field.name for field in fields(coarse) if getattr(coarse, field.name) is None]
    assert not any(name in {each.name for each, _ in message.ListFields()} for name in absent)


def test_it_is_enough_or_says_how_much_is_needed(analysis: MeasuredAnalysis) -> None:
    assert analysis.needs >= 1
    assert analysis.shortage(0).startswith(f"0 of {analysis.needs} ")
    assert analysis.shortage(filled(analysis).amount) == ""


def test_without_annotations_there_is_nothing_where_they_are_counted(analysis: MeasuredAnalysis) -> None:
    assert (filled(analysis, is_annotated=False).amount == 0) == analysis.reads_annotations


def test_its_scripted_twin_counts_segments(analysis: MeasuredAnalysis) -> None:
    twin = scripted(analysis)
    accumulator = twin.start()
    assert twin.shortage(accumulator.amount)
    accumulator.accept(Segment.of(""))
    assert not twin.shortage(accumulator.amount, is_early=True)
    assert accumulator.measure() == accumulator.coarse() == analysis.script(1)
