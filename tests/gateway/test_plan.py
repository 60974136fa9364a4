"""Which stages a session has, and the settings that make the plan."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from gateway.plan import BUILT_IN, Contract, Input, Plan, StageSpec
from gateway.settings import GatewaySettings

MINE = StageSpec("mine", Contract.CUSTOM, frozenset({Input.SEGMENTS}), ("mine",))
EARS = StageSpec("ears", Contract.CUSTOM, frozenset({Input.AUDIO}), ("ears",), frozenset({"ears"}))
PLAN = Plan((*BUILT_IN, MINE, EARS))


@pytest.mark.parametrize(
    ("wanted", "has_audio", "stages"),
    [
        ([], True, ["quality", "asr", "semantics", "analysis", "ears"]),
        ([], False, ["semantics", "analysis"]),
        (["mine"], True, ["asr", "mine"]),
        (["mine"], False, ["mine"]),
        (["audio_quality"], True, ["quality", "asr"]),
        (["quantitative_metrics", "quantitative_metrics"], False, ["analysis"]),
        (["ears", "semantics"], True, ["asr", "semantics", "ears"]),
    ],
)
def test_stages_of_a_session(wanted: list[str], has_audio: bool, stages: list[str]) -> None:
    assert [each.name for each in PLAN.for_session(wanted, has_audio)] == stages


def test_steps_are_what_was_asked_for_and_transcription() -> None:
    assert [each.steps for each in PLAN.for_session(["ears", "quantitative_metrics"], True)] == [
        ("transcription",),
        ("quantitative_metrics",),
        ("ears",),
    ]
    defaults = [step for each in PLAN.for_session([], True) for step in each.steps]
    assert defaults[:3] == ["audio_quality", "transcription", "semantics"]
    assert set(defaults) == {*PLAN.defaults(), "transcription"}


def test_results_are_counted_by_service_those_of_own_analysers_by_name() -> None:
    assert {each.name: each.service for each in PLAN.stages} == {
        "quality": "quality",
        "asr": "asr",
        "semantics": "semantics",
        "analysis": "analysis",
        "mine": "mine",
        "ears": "ears",
    }


def test_plan_of_the_settings() -> None:
    settings = GatewaySettings.model_validate(
        {
            "asr": "127.0.0.1:1",
            "custom": {
                "mine": {"address": "127.0.0.1:2", "inputs": ["annotations"], "default_on": True},
                "ears": {"address": "127.0.0.1:3", "inputs": ["audio"]},
            },
        }
    )
    stages = {each.name: each for each in settings.plan().stages}
    assert list(stages) == ["quality", "asr", "semantics", "analysis", "mine", "ears"]
    assert (stages["asr"].address, stages["quality"].address) == ("127.0.0.1:1", "")
    assert stages["mine"].inputs == {Input.ANNOTATIONS}
    assert stages["mine"].takes_history
    assert stages["ears"].takes_audio
    assert settings.plan().defaults() == (*Plan(BUILT_IN).defaults(), "mine")


@pytest.mark.parametrize(
    "name", ["asr", "quality", "audio_quality", "quantitative_metrics", "text", "transcription"]
)
def test_names_that_the_gateway_uses_are_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="built-in"):
        GatewaySettings.model_validate({"custom": {name: {"address": "127.0.0.1:2"}}})


@pytest.mark.parametrize("inputs", [[], ["speech"], ["audio", "segments"]])
def test_an_own_analyser_is_given_one_thing(inputs: list[str]) -> None:
    with pytest.raises(ValidationError):
        GatewaySettings.model_validate({"custom": {"mine": {"address": "x:1", "inputs": inputs}}})
