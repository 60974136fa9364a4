"""credibility: components, score, interval, level, factors and the baseline profile, by hand."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analysis.analysis import Known
from services.analysis.measures.bearing import Source
from services.analysis.measures.credibility_score import WEIGHTS, Doubt, Level
from services.analysis.measures.wilson import wilson
from tests.services.analysis.measured import analysis, measured, said

NAME = "credibility"
SURE = "I definitely saw it myself but not him."
UNSURE = "Maybe I went there without any of them."
HALTING = "Um we we go there now and then we stop."
PLAIN = "We go there now and then we stop here."


def credibility(*segments, baseline=None):
    known = Known(baseline=baseline or {})
    return measured(NAME, *segments, known=known)


def components(found) -> dict[str, float]:
    return {each.source.value: each.score for each in found.components}


def test_weights_are_those_of_the_contract_and_add_up() -> None:
    assert list(WEIGHTS.values()) == [0.3, 0.3, 0.2, 0.2]
    assert sum(WEIGHTS.values()) == pytest.approx(1.0)


def test_two_segments_by_hand() -> None:
    # 16 words; certainty 1 of 2, self-reference 3 of 16 (over 5 %), distinctions 2 of 16 (over 3 %)
    found = credibility(SURE, UNSURE).overall
    assert components(found) == {
        "linguistic": pytest.approx(2.5 / 3),
        "behavioural": 1.0,
        "consistency": pytest.approx(1.0),
    }
    assert found.score == pytest.approx((0.3 * 2.5 / 3 + 0.2 + 0.2) / 0.7)
    assert (found.lower, found.upper) == pytest.approx(wilson(found.score, 2))
    assert found.missing == (Source.ACOUSTIC,)
    assert found.confidence == pytest.approx(0.7 * 2 / 6)
    # the first alone is 1, the second (0.3 * 2 / 3 + 0.2) / 0.5 = 0.8
    assert found.smoothed == pytest.approx(0.3 * 0.8 + 0.7 * 1.0)


def test_a_halting_segment_by_hand() -> None:
    # nothing certain nor uncertain, nobody's self, no distinction; 2 of 10 words halt: over 12 %
    found = credibility(HALTING).overall
    assert components(found) == {"linguistic": 0.0, "behavioural": 0.0}
    assert (found.score, found.lower, found.smoothed) == (0.0, 0.0, 0.0)
    assert found.missing == (Source.ACOUSTIC, Source.CONSISTENCY)


def test_timing_by_hand() -> None:
    # ben answers after 0.5 s, anna after 1.5 s: mean 1 s, deviation 0.5 s; fluency is 1
    turns = [("anna", 0.0), ("ben", 1.5), ("anna", 4.0)]
    found = credibility(*[said(PLAIN, start, 1.0, who) for who, start in turns])
    timing = 1 / (1 + 0.5)
    assert components(found.overall)["behavioural"] == pytest.approx((1 + timing) / 2)
    assert {each.name: each.value for each in found.factors}["timing"] == pytest.approx(timing)


def test_a_source_that_is_missing_is_left_out_and_said() -> None:
    found = credibility("Hello there.", "Good morning.").overall
    assert list(components(found)) == ["consistency"]
    assert found.missing == (Source.ACOUSTIC, Source.LINGUISTIC, Source.BEHAVIOURAL)
    assert [each.weight for each in found.components] == [1.0]
    assert (found.trials, found.lower, found.upper, found.smoothed) == (0, 0.0, 1.0, None)
    assert found.level == Level.INCONCLUSIVE
    assert found.doubts == (Doubt.WIDE_INTERVAL, Doubt.LOW_CONFIDENCE)


def test_nothing_to_go_by_is_nothing() -> None:
    accumulator = analysis(NAME).start()
    accumulator.accept(said("Hello there."))
    assert accumulator.amount == 0


@pytest.mark.parametrize(("text", "level"), [(SURE, Level.HIGH), (PLAIN, Level.MEDIUM), (HALTING, Level.LOW)])
def test_levels_of_long_sessions(text: str, level: Level) -> None:
    found = credibility(*[text] * 30).overall
    assert (found.level, found.doubts, found.trials) == (level, (), 30)


def test_it_moves_both_ways() -> None:
    some = credibility(PLAIN, PLAIN).overall.score
    assert credibility(PLAIN, PLAIN, SURE).overall.score > some
    assert credibility(PLAIN, PLAIN, HALTING).overall.score < some


def test_smoothed_follows_the_newest() -> None:
    rising = credibility(*[HALTING] * 5, *[SURE] * 5).overall
    falling = credibility(*[SURE] * 5, *[HALTING] * 5).overall
    assert rising.score == pytest.approx(falling.score, abs=0.02)
    assert rising.smoothed > 0.8
    assert falling.smoothed < 0.2


def test_speakers_are_scored_by_what_they_say_themselves() -> None:
    turns = [("anna", SURE), ("ben", HALTING)] * 3
    found = credibility(*[said(text, 3.0 * at, 1.0, who) for at, (who, text) in enumerate(turns)])
    anna, ben = found.speakers
    assert (anna.speaker, ben.speaker) == ("anna", "ben")
    assert anna.credibility.score > found.overall.score > ben.credibility.score
    assert (anna.credibility.trials, found.overall.trials) == (3, 6)


BASELINE = {
    "words_per_minute": 150.0,
    "words_per_minute.deviation": 10.0,
    "first_person_share": 0.0,
    "first_person_share.mad": 0.01,
    "hesitations_per_hundred_words": 0.0,
    "hesitations_per_hundred_words.deviation": 1.0,
}


def test_outliers_against_the_baseline_make_it_inconclusive() -> None:
    # 8 words a second are 480 a minute; 2 of 8 words are of the first person; nobody hesitates
    found = credibility(*[SURE] * 30, baseline=BASELINE)
    compared = {each.measure: each for each in found.comparisons}
    assert compared["words_per_minute"].score == pytest.approx((480 - 150) / 10)
    assert compared["first_person_share"].score == pytest.approx(0.6745 * 0.25 / 0.01)
    assert not compared["hesitations_per_hundred_words"].is_outlier
    assert (found.overall.level, found.overall.doubts) == (Level.INCONCLUSIVE, (Doubt.MANY_OUTLIERS,))


def test_one_outlier_is_not_many() -> None:
    baseline = {name: value for name, value in BASELINE.items() if not name.startswith("first")}
    found = credibility(*[SURE] * 30, baseline=baseline).overall
    assert found.level == Level.HIGH


def test_the_interval_narrows_with_trials() -> None:
    few, many = credibility(*[PLAIN] * 5).overall, credibility(*[PLAIN] * 50).overall
    assert few.level == Level.INCONCLUSIVE
    assert many.upper - many.lower < few.upper - few.lower
    assert many.confidence > few.confidence


@pytest.mark.parametrize(
    "page",
    [
        "services/analysis/analyses/credibility.py",
        "services/analysis/README.md",
        "protos/rivermouth/analysis/v1/analysis.proto",
    ],
)
def test_it_is_said_that_it_detects_no_lies(page: str) -> None:
    text = (Path(__file__).parents[4] / page).read_text()
    assert "does not detect lies" in text


TEXTS = st.lists(
    st.sampled_from([SURE, UNSURE, HALTING, PLAIN, "", "Yes.", "um", "مرحبا كيف حالك", "你好"]), max_size=12
)


@given(TEXTS, st.lists(st.sampled_from(["anna", "ben", ""]), min_size=12, max_size=12))
def test_everything_stays_in_its_range(texts: list[str], who: list[str]) -> None:
    accumulator = analysis(NAME).start()
    for at, (text, speaker) in enumerate(zip(texts, who, strict=False)):
        sentiment = (-1.0, 0.0, 1.0)[at % 3]
        accumulator.accept(said(text, 1.5 * at, at % 3, speaker, sentiment=sentiment))
    if not accumulator.amount:
        return
    found = accumulator.measure()
    for each in (found.overall, *(speaker.credibility for speaker in found.speakers)):
        assert 0 <= each.lower <= each.score <= each.upper <= 1
        assert 0 <= each.confidence < 1
        assert (each.level == Level.INCONCLUSIVE) == bool(each.doubts)
        assert sum(part.weight for part in each.components) == pytest.approx(1.0)
        assert {*each.missing, *(part.source for part in each.components)} == set(Source)
    total = sum(each.contribution for each in found.factors)
    assert total == pytest.approx(found.overall.score - 0.5, abs=1e-9)
    assert all(0 <= each.value <= 1 for each in found.factors)
