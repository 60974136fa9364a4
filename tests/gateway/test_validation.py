"""Every field of a configuration that can be wrong is named, all at once."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.json_format import ParseDict

from gateway.plan import BUILT_IN, Plan
from gateway.settings import SessionSettings
from gateway.validation import PROVIDERS, check_config, find_update_violations
from rivermouth.session.v1 import config_pb2
from services.llm import settings
from services.runtime.errors import InvalidConfig

AUDIO = {"encoding": "AUDIO_ENCODING_LINEAR16", "sampleRateHertz": 16000, "channelCount": 2}


def fields_of(config: config_pb2.StreamingConfig) -> list[str]:
    """The fields that are refused."""
    with pytest.raises(InvalidConfig) as refused:
        check(config)
    assert refused.value.reason == "CONFIG_INVALID"
    assert all(each.description for each in refused.value.violations)
    return [each.field.removeprefix("streaming_config.") for each in refused.value.violations]


def check(config: config_pb2.StreamingConfig) -> None:
    check_config(config, Plan(BUILT_IN), SessionSettings(max_duration=3600), 60.0)


def make(**fields: Any) -> config_pb2.StreamingConfig:
    return ParseDict({"audioFormat": AUDIO, **fields}, config_pb2.StreamingConfig())


def audio(**fields: Any) -> dict[str, Any]:
    return {"audioFormat": {**AUDIO, **fields}}


def endpointing(**fields: Any) -> dict[str, Any]:
    return {"recognition": {"endpointing": fields}}


def analyser(name: str, **options: str) -> dict[str, Any]:
    return {"analysers": [{"name": name, "options": options}]}


ENDPOINTING = "recognition.endpointing"
WRONG = [
    (audio(encoding=0), "audio_format.encoding"),
    (audio(encoding=99), "audio_format.encoding"),
    (audio(sampleRateHertz=0), "audio_format.sample_rate_hertz"),
    (audio(sampleRateHertz=10**9), "audio_format.sample_rate_hertz"),
    (audio(sampleRateHertz=-1), "audio_format.sample_rate_hertz"),
    (audio(channelCount=0), "audio_format.channel_count"),
    (audio(channelCount=9), "audio_format.channel_count"),
    (
        {"context": {"speakerSpans": [{"speaker": "x", "channelTag": 3}]}},
        "context.speaker_spans[0].channel_tag",
    ),
    ({"context": {"sentimentTrend": ["NaN"]}}, "context.sentiment_trend[0]"),
    ({"llmProviders": ["gemini", "gemnii"]}, "llm_providers[1]"),
    ({"llmProviders": ["ollama", "claude", "ollama"]}, "llm_providers[2]"),
    ({"llmProviders": [""]}, "llm_providers[0]"),
    (endpointing(endSilence="0.05s"), f"{ENDPOINTING}.end_silence"),
    (endpointing(endSilence="5.1s"), f"{ENDPOINTING}.end_silence"),
    (endpointing(minSpeech="-0.1s"), f"{ENDPOINTING}.min_speech"),
    (endpointing(minSpeech="1.1s"), f"{ENDPOINTING}.min_speech"),
    (endpointing(preRoll="1.1s"), f"{ENDPOINTING}.pre_roll"),
    (endpointing(maxUtterance="1.9s"), f"{ENDPOINTING}.max_utterance"),
    (endpointing(maxUtterance="61s"), f"{ENDPOINTING}.max_utterance"),
    (endpointing(threshold=0), f"{ENDPOINTING}.threshold"),
    (endpointing(threshold=1), f"{ENDPOINTING}.threshold"),
    (endpointing(threshold="NaN"), f"{ENDPOINTING}.threshold"),
    ({"recognition": {"channels": [{"channelTag": 3}]}}, "recognition.channels[0].channel_tag"),
    ({"recognition": {"channels": [{"channelTag": 0}]}}, "recognition.channels[0].channel_tag"),
    (
        {"recognition": {"channels": [{"channelTag": 1}, {"channelTag": 1}]}},
        "recognition.channels[1].channel_tag",
    ),
    ({"recognition": {"speechContexts": [{"phrases": ["x"] * 501}]}}, "recognition.speech_contexts"),
    ({"recognition": {"speechContexts": [{"phrases": ["x" * 101]}]}}, "recognition.speech_contexts"),
    ({"recognition": {"speechContexts": [{"boost": 20.5}]}}, "recognition.speech_contexts[0].boost"),
    ({"recognition": {"speechContexts": [{"boost": "NaN"}]}}, "recognition.speech_contexts[0].boost"),
    ({"analysers": [{"name": "no_such"}]}, "analysers[0].name"),
    ({"analysers": [{"name": "semantics"}, {"name": "semantics"}]}, "analysers[1].name"),
    ({"audioFormat": None, "analysers": [{"name": "audio_quality"}]}, "analysers[0].name"),
    ({"analysers": [{"name": "semantics", "trigger": 77}]}, "analysers[0].trigger"),
    ({"analysers": [{"name": "summary", "trigger": "TRIGGER_SEGMENT"}]}, "analysers[0].trigger"),
    (analyser("semantics", turn_gap="0"), "analysers[0].options[turn_gap]"),
    (analyser("semantics", turn_gap="nan"), "analysers[0].options[turn_gap]"),
    (analyser("semantics", held_on="tomorrow"), "analysers[0].options[held_on]"),
    (analyser("semantics", every="5"), "analysers[0].options[every]"),
    (analyser("audio_quality", every="5"), "analysers[0].options[every]"),
    (analyser("summary", every="0"), "analysers[0].options[every]"),
    (analyser("summary", every="5.0"), "analysers[0].options[every]"),
    (analyser("workflow", batch_segments="33"), "analysers[0].options[batch_segments]"),
    (analyser("enhanced_metrics", llm_every="5"), "analysers[0].options[llm_every]"),
    ({"eventFilter": {"include": ["transcript", "no_such"]}}, "event_filter.include[1]"),
    ({"eventFilter": {"exclude": [""]}}, "event_filter.exclude[0]"),
    ({"limits": {"maxDuration": "0s"}}, "limits.max_duration"),
    ({"limits": {"maxDuration": "3601s"}}, "limits.max_duration"),
    ({"limits": {"idleTimeout": "0.5s"}}, "limits.idle_timeout"),
    ({"limits": {"idleTimeout": "61s"}}, "limits.idle_timeout"),
    ({"labels": {str(number): "" for number in range(33)}}, "labels"),
    ({"labels": {"": "x"}}, "labels"),
    ({"labels": {"x": "y" * 257}}, "labels"),
    ({"labels": {"x" * 257: ""}}, "labels"),
    ({"audioFormat": None, "segmentation": {"maxGap": "60.1s"}}, "segmentation.max_gap"),
    ({"audioFormat": None, "segmentation": {"maxGap": "-1s"}}, "segmentation.max_gap"),
]


@pytest.mark.parametrize(("fields", "field"), WRONG)
def test_each_wrong_field_is_named(fields: dict[str, Any], field: str) -> None:
    assert fields_of(make(**fields)) == [field]


def test_all_wrong_fields_are_named_at_once() -> None:
    everything = make(
        **audio(sampleRateHertz=1, channelCount=9),
        analysers=[
            {"name": "no_such"},
            {"name": "workflow", "trigger": "TRIGGER_TURN", "options": {"foo": "1", "batch_seconds": "x"}},
        ],
        limits={"maxDuration": "0s"},
        labels={"": ""},
    )
    assert fields_of(everything) == [
        "audio_format.sample_rate_hertz",
        "audio_format.channel_count",
        "analysers[0].name",
        "analysers[1].trigger",
        "analysers[1].options[batch_seconds]",
        "analysers[1].options[foo]",
        "limits.max_duration",
        "labels",
    ]


@pytest.mark.parametrize("nanos", [-1, 10**9, -(2**31), 2**31 - 1])
def test_a_duration_out_of_its_form_is_refused(nanos: int) -> None:
    config = make()
    config.limits.max_duration.CopyFrom(Duration(seconds=100, nanos=nanos))
    assert fields_of(config) == ["limits.max_duration"]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        audio(sampleRateHertz=8000, channelCount=1),
        audio(sampleRateHertz=48000, channelCount=8),
        audio(encoding="AUDIO_ENCODING_WAV", sampleRateHertz=0, channelCount=0),
        {"audioFormat": None, "segmentation": {"maxGap": "0s"}},
        {"limits": {"maxDuration": "3600s", "idleTimeout": "60s"}},
        endpointing(endSilence="0.1s", minSpeech="0s", preRoll="1s", maxUtterance="60s", threshold=0.5),
        {"labels": {"x" * 256: "y" * 256}},
        {"llmProviders": list(PROVIDERS), "cacheAnswers": True},
        analyser("semantics", turn_gap="0.5", held_on="2026-03-04"),
        analyser("workflow", batch_segments="32", batch_seconds="1"),
        analyser("argument", llm_every="0"),
        {"analysers": [{"name": "emotion", "trigger": "TRIGGER_TURN"}]},
        {"eventFilter": {"include": ["transcript"], "exclude": ["heartbeat"], "onlyFinal": True}},
    ],
)
def test_the_edges_of_what_is_allowed(fields: dict[str, Any]) -> None:
    check(make(**fields))


@pytest.mark.parametrize(
    ("update", "fields"),
    [
        ({"recognition": {"interimResults": False}}, []),
        ({"recognition": {"endpointing": {"endSilence": "1s"}}}, []),
        ({"recognition": {"endpointing": {"endSilence": "9s"}}}, ["recognition.endpointing.end_silence"]),
        ({"recognition": {"languageCode": "de"}}, ["recognition.language_code"]),
        ({"eventFilter": {"include": ["x"]}}, ["event_filter.include[0]"]),
        ({"speakerSpans": [{"speaker": "anna", "endOffset": "9s", "channelTag": 2}]}, []),
        (
            {
                "speakerSpans": [
                    {"startOffset": "2s", "endOffset": "1s"},
                    {"speaker": "anna", "channelTag": 3},
                ]
            },
            ["speaker_spans[0].end_offset", "speaker_spans[0].speaker", "speaker_spans[1].channel_tag"],
        ),
        ({"labels": {"a": "", "new": "x"}}, []),
        ({"labels": {"new": "x"}}, ["labels"]),
        ({"labels": {"a": "x" * 300}}, ["labels"]),
    ],
)
def test_updates(update: dict[str, Any], fields: list[str]) -> None:
    labels = {"a": "x", **{str(number): "x" for number in range(31)}}
    found = find_update_violations(ParseDict(update, config_pb2.UpdateConfig()), labels, channels=2)
    assert [each.field for each in found] == [f"update_config.{field}" for field in fields]


def test_providers_are_those_that_there_are() -> None:
    assert set(PROVIDERS) == set(settings.PROVIDERS)
