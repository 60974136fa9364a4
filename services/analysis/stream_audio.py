"""The audio of one stream, for those of its analyses that hear and for models that do; nothing where none
does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rivermouth.analysis.v1.analysis_pb2 import StreamingAnalysisConfig
from rivermouth.audio.v1.audio_pb2 import AudioChunk, AudioEncoding
from rivermouth.result.v1.result_pb2 import Failure
from services.analysis import reasons
from services.analysis.acoustics.ears import Ears
from services.analysis.analysis import Analysis, MeasuredAnalysis
from services.analysis.segment import Segment
from services.audio.errors import AudioError
from services.audio.format import AudioFormat, Encoding, find_violations
from services.llm.request import Audio
from services.runtime.errors import FieldViolation

if TYPE_CHECKING:
    from services.analysis.hearing import Hearing

_FIELD = "streaming_config.audio_format"


def read_format(config: StreamingAnalysisConfig) -> tuple[AudioFormat | None, list[FieldViolation]]:
    """The format of the audio that follows, None where none is announced; and what is wrong with it."""
    if not config.HasField("audio_format"):
        return None, []
    declared = config.audio_format
    name = AudioEncoding.Name(declared.encoding) if declared.encoding in AudioEncoding.values() else ""
    name = name.removeprefix("AUDIO_ENCODING_")
    encoding = Encoding[name] if name in Encoding.__members__ else None
    violations = [
        FieldViolation(f"{_FIELD}.{bad.field}", bad.description)
        for bad in find_violations(encoding, declared.sample_rate_hertz, declared.channel_count)
    ]
    if encoding is not None and encoding.is_container and encoding is not Encoding.WAV:
        what = f"{encoding} is not decoded here: send raw samples or WAV, or go through the gateway"
        violations.append(FieldViolation(f"{_FIELD}.encoding", what))
    if encoding is None or violations:
        return None, violations
    return AudioFormat(encoding, declared.sample_rate_hertz, declared.channel_count), []


class StreamAudio:
    """Takes audio and gives segments their sound, from `start` on."""

    def __init__(
        self, audio_format: AudioFormat | None, analyses: Sequence[Analysis], ears: Ears, may_leave: bool
    ) -> None:
        """`may_leave`: whether a model of a vendor may be given it."""
        self._format = audio_format
        self._ears = ears
        self._measures = any(isinstance(each, MeasuredAnalysis) and each.hears for each in analyses)
        self._is_sent = may_leave and any(each.llm is not None and each.llm.hears for each in analyses)
        self._hearing: Hearing | None = None
        self._is_refused = False

    def start(self, tasks: asyncio.TaskGroup) -> None:
        """Sound is measured in these tasks."""
        if self._format is not None and (self._measures or self._is_sent):
            from services.analysis.hearing import Hearing  # numpy: only where there is audio

            self._hearing = Hearing(self._format, self._ears, tasks, measures=self._measures)

    def take(self, chunk: AudioChunk) -> Failure | None:
        """The next piece. Returns why it cannot be used; of many that cannot, for the first."""
        if self._hearing is None:
            if self._format is not None or self._is_refused:
                return None
            self._is_refused = True
            message = "audio came without streaming_config.audio_format; all of it is left out"
            return Failure(reason=reasons.AUDIO_WITHOUT_FORMAT, message=message)
        offset = chunk.sample_offset if chunk.HasField("sample_offset") else None
        try:
            self._hearing.accept(chunk.content, offset)
        except AudioError as error:
            if error.fatal:
                self._hearing.close()
            if self._is_refused:
                return None
            self._is_refused = True
            return Failure(reason=str(error.reason), message=error.message)
        return None

    def with_sound(self, segment: Segment) -> Segment:
        """A segment, with its sound where there is audio."""
        return segment if self._hearing is None else replace(segment, sound=self._hearing.listen(segment))

    @property
    def for_models(self) -> Callable[[Sequence[Segment]], Audio | None] | None:
        """Gives the sound of segments that may go to a model; None where none may."""
        return self._audio if self._is_sent else None

    def _audio(self, segments: Sequence[Segment]) -> Audio | None:
        return None if self._hearing is None else self._hearing.audio(segments)
