"""Is a session's configuration one that can be carried out? Every field that is wrong is named, at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from google.protobuf.duration_pb2 import Duration

from gateway.context import find_context_violations, find_span_violations
from gateway.events import KINDS
from gateway.options import OFFERS
from gateway.plan import Plan
from gateway.reasons import CONFIG_INVALID
from gateway.settings import SessionSettings
from rivermouth.analysis.v1 import analysis_pb2
from rivermouth.asr.v1 import asr_pb2
from rivermouth.audio.v1 import audio_pb2
from rivermouth.session.v1 import config_pb2
from services.audio.format import Encoding, find_violations
from services.runtime.errors import FieldViolation, InvalidConfig
from services.runtime.offsets import SECOND, nanoseconds
from services.text.redaction.options import find_wrong

PROVIDERS = ("gemini", "claude", "openai", "ollama", "scripted")
"""Of language models; which of them are configured is the analysis service's business."""
_MAX_LABELS = 32
_MAX_LABEL = 256
_MAX_PHRASES = 500
_MAX_PHRASE = 100
# Field, least and most seconds, as the contract says.
_ENDPOINTING = (
    ("end_silence", 0.1, 5.0),
    ("min_speech", 0.0, 1.0),
    ("pre_roll", 0.0, 1.0),
    ("max_utterance", 2.0, 60.0),
)


def check_config(
    config: config_pb2.StreamingConfig, plan: Plan, limits: SessionSettings, idle_timeout: float
) -> None:
    """Raises InvalidConfig with every violation. `idle_timeout` is the server's own limit, in seconds."""
    violations = [
        FieldViolation(f"streaming_config.{v.field}", v.description)
        for v in _config(config, plan, limits, idle_timeout)
    ]
    if violations:
        raise InvalidConfig(
            CONFIG_INVALID,
            f"the configuration cannot be carried out: {violations[0].field} {violations[0].description}",
            violations=violations,
        )


def find_update_violations(
    update: config_pb2.UpdateConfig, labels: Mapping[str, str], channels: int = 8
) -> list[FieldViolation]:
    """What is wrong with an update_config; it is carried out whole or not at all. `labels` are there now, in
    a session of so many channels."""
    after = {key: value for key, value in {**labels, **update.labels}.items() if value}
    found = [
        *_filter(update.event_filter),
        *_labels(after),
        *_recognition(update.recognition, 8),
    ]
    for field, _ in update.recognition.ListFields():
        if field.name not in ("endpointing", "interim_results"):
            found.append(
                FieldViolation(f"recognition.{field.name}", "cannot be changed while a session runs")
            )
    found += find_span_violations("speaker_spans", update.speaker_spans, channels)
    return [FieldViolation(f"update_config.{v.field}", v.description) for v in found]


def _config(
    config: config_pb2.StreamingConfig, plan: Plan, limits: SessionSettings, idle_timeout: float
) -> Iterator[FieldViolation]:
    has_audio = config.HasField("audio_format")
    channels = 8
    if has_audio:
        declared = config.audio_format
        for violation in find_violations(
            encoding_of(declared), declared.sample_rate_hertz, declared.channel_count
        ):
            yield FieldViolation(f"audio_format.{violation.field}", violation.description)
        channels = declared.channel_count or 8
    yield from _recognition(config.recognition, channels)
    yield from _analysers(config, plan, has_audio)
    yield from _providers(config.llm_providers)
    yield from _filter(config.event_filter)
    yield from _duration(config.limits, "limits.max_duration", 0.001, limits.max_duration)
    yield from _duration(config.limits, "limits.idle_timeout", min(1.0, idle_timeout), idle_timeout)
    yield from _labels(dict(config.labels))
    yield from find_context_violations(config.context, channels)
    yield from _duration(config.segmentation, "segmentation.max_gap", 0.0, 60.0)
    if config.HasField("redaction"):
        yield from _redaction(config)


def _redaction(config: config_pb2.StreamingConfig) -> Iterator[FieldViolation]:
    asked = config.redaction
    if asked.policy not in asked.Policy.values():
        yield FieldViolation("redaction.policy", f"is {asked.policy}, which is no policy")
    for wrong in find_wrong(asked.kinds, asked.names):
        yield FieldViolation(f"redaction.{wrong.field}", wrong.what)
    if config.recognition.allow_audio_egress:
        what = "must be false where redaction is on: nothing can be replaced in audio"
        yield FieldViolation("recognition.allow_audio_egress", what)


def encoding_of(declared: audio_pb2.AudioFormat) -> Encoding | None:
    """The encoding, None where it is not said or unknown."""
    try:
        name = audio_pb2.AudioEncoding.Name(declared.encoding).removeprefix("AUDIO_ENCODING_")
        return Encoding[name]
    except (ValueError, KeyError):
        return None


def _analysers(config: config_pb2.StreamingConfig, plan: Plan, has_audio: bool) -> Iterator[FieldViolation]:
    known = plan.analysers()
    seen: set[str] = set()
    for index, analyser in enumerate(config.analysers):
        field = f"analysers[{index}].name"
        if analyser.name not in known:
            yield FieldViolation(field, f"{analyser.name!r} is none of {', '.join(known)}")
        elif analyser.name in seen:
            yield FieldViolation(field, f"{analyser.name!r} is asked for twice")
        elif known[analyser.name].takes_audio and not has_audio:
            yield FieldViolation(field, f"{analyser.name!r} needs audio, and the session has none")
        yield from _asked(f"analysers[{index}]", analyser)
        seen.add(analyser.name)


def _asked(path: str, analyser: config_pb2.AnalyserConfig) -> Iterator[FieldViolation]:
    """What is wrong with one analyser besides its name."""
    offer = OFFERS.get(analyser.name)
    if analyser.trigger not in analysis_pb2.Trigger.values():
        yield FieldViolation(f"{path}.trigger", f"is {analyser.trigger}, which is no trigger")
    elif analyser.trigger and offer is not None and offer.triggers:
        trigger = analysis_pb2.Trigger.Name(analyser.trigger).removeprefix("TRIGGER_")
        if trigger not in offer.triggers:
            known = ", ".join(f"TRIGGER_{each}" for each in offer.triggers)
            yield FieldViolation(f"{path}.trigger", f"{analyser.name!r} is triggered by {known}")
    if offer is not None:
        for key, value in sorted(analyser.options.items()):
            if wrong := offer.wrong(key, value):
                yield FieldViolation(f"{path}.options[{key[:40]}]", wrong)


def _recognition(recognition: asr_pb2.RecognitionConfig, channel_count: int) -> Iterator[FieldViolation]:
    for name, least, most in _ENDPOINTING:
        yield from _duration(recognition.endpointing, f"recognition.endpointing.{name}", least, most)
    if recognition.endpointing.HasField("threshold") and not 0 < recognition.endpointing.threshold < 1:
        yield FieldViolation("recognition.endpointing.threshold", "must be above 0 and below 1")
    tags: set[int] = set()
    for index, channel in enumerate(recognition.channels):
        field = f"recognition.channels[{index}].channel_tag"
        if not 1 <= channel.channel_tag <= channel_count:
            yield FieldViolation(field, f"is {channel.channel_tag}; 1 to {channel_count}")
        elif channel.channel_tag in tags:
            yield FieldViolation(field, f"{channel.channel_tag} is named twice")
        tags.add(channel.channel_tag)
    phrases = [phrase for context in recognition.speech_contexts for phrase in context.phrases]
    if len(phrases) > _MAX_PHRASES:
        yield FieldViolation(
            "recognition.speech_contexts", f"have {len(phrases)} phrases, at most {_MAX_PHRASES}"
        )
    if any(len(phrase) > _MAX_PHRASE for phrase in phrases):
        yield FieldViolation(
            "recognition.speech_contexts", f"a phrase has more than {_MAX_PHRASE} characters"
        )
    for index, context in enumerate(recognition.speech_contexts):
        if not 0 <= context.boost <= 20:
            yield FieldViolation(f"recognition.speech_contexts[{index}].boost", "must be 0 to 20")


def _providers(names: Sequence[str]) -> Iterator[FieldViolation]:
    for index, name in enumerate(names):
        field = f"llm_providers[{index}]"
        if name not in PROVIDERS:
            yield FieldViolation(field, f"{name[:40]!r} is none of {', '.join(PROVIDERS)}")
        elif name in names[:index]:
            yield FieldViolation(field, f"{name!r} is named twice")


def _filter(event_filter: config_pb2.EventFilter) -> Iterator[FieldViolation]:
    for name in ("include", "exclude"):
        for index, kind in enumerate(getattr(event_filter, name)):
            if kind not in KINDS:
                yield FieldViolation(
                    f"event_filter.{name}[{index}]", f"{kind!r} is none of {', '.join(KINDS)}"
                )


def _labels(labels: dict[str, str]) -> Iterator[FieldViolation]:
    if len(labels) > _MAX_LABELS:
        yield FieldViolation("labels", f"has {len(labels)} entries, at most {_MAX_LABELS}")
    for key, value in labels.items():
        if not key or len(key) > _MAX_LABEL or len(value) > _MAX_LABEL:
            yield FieldViolation(
                "labels",
                f"name and value of {key[:40]!r} have 1 to {_MAX_LABEL} and 0 to {_MAX_LABEL} characters",
            )


def _duration(parent: object, path: str, least: float, most: float) -> Iterator[FieldViolation]:
    name = path.rsplit(".", 1)[-1]
    if not parent.HasField(name):  # type: ignore[attr-defined]
        return
    value: Duration = getattr(parent, name)
    if not 0 <= value.nanos < SECOND or not least <= nanoseconds(value) / SECOND <= most:
        yield FieldViolation(path, f"is {nanoseconds(value) / SECOND:g} s; {least:g} to {most:g} s")
