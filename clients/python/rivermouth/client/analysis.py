"""One analysis of a whole transcript or recording.

`transcript` is a text, or its chunks: TextChunk messages or mappings with text, start, end and perhaps
speaker and channel. A text without times gives results without rates per minute.

`audio` is a recording: the path of a file, or its bytes. A WAV file says what it is; for raw samples
`meta["audio_format"]` must say it. Where both are given the transcript is analysed, for its words are
exact, and the audio is not sent: a session has one or the other.

`meta` may hold:
    analysis      name of the analysis; default "quantitative_metrics"
    options       its options by name, as `Client.capabilities` lists them
    audio_format  of raw samples, from `pcm`
    language      BCP-47, such as "en-US"
    speaker       who speaks in a `transcript` that is a text
    channels      names of the speakers of channels 1, 2, …
    context       a SessionContext: what is known already
and anything else that is a string, which becomes a label of the session.
"""

import os
from collections.abc import AsyncGenerator, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeAlias, Unpack

from rivermouth.analysis.v1.analysis_pb2 import Analysis, SessionContext, Trigger
from rivermouth.asr.v1.asr_pb2 import RecognitionConfig
from rivermouth.audio.v1.audio_pb2 import AudioFormat
from rivermouth.client import container, formats
from rivermouth.client.audio_file import audio_format_of
from rivermouth.client.errors import ProtocolViolation, error_from_failure
from rivermouth.client.requests import SessionOptions
from rivermouth.client.session import Session
from rivermouth.client.text_chunks import split_text, text_chunk, text_chunk_of
from rivermouth.session.v1.config_pb2 import AnalyserConfig
from rivermouth.session.v1.events_pb2 import Error
from rivermouth.transcript.v1.transcript_pb2 import TextChunk

TranscriptInput: TypeAlias = str | Iterable[TextChunk | Mapping[str, Any]]
AudioInput: TypeAlias = bytes | str | os.PathLike[str]

DEFAULT_ANALYSIS = "quantitative_metrics"


class OpensSessions(Protocol):
    """`Client.session`."""

    def __call__(
        self, audio_format: AudioFormat | None = None, /, **options: Unpack[SessionOptions]
    ) -> Session:
        """A session, not yet entered."""


@dataclass(frozen=True)
class _Meta:
    analysis: str = DEFAULT_ANALYSIS
    options: Mapping[str, str] = field(default_factory=dict)
    audio_format: AudioFormat | None = None
    language: str = ""
    speaker: str = ""
    channels: tuple[str, ...] = ()
    context: SessionContext | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, meta: Mapping[str, Any]) -> "_Meta":
        known = set(cls.__dataclass_fields__) - {"labels"}
        labels = {key: value for key, value in meta.items() if key not in known}
        for key, value in labels.items():
            if not isinstance(value, str):
                raise ValueError(f"meta[{key!r}] becomes a label and must be a string")
        given = {key: value for key, value in meta.items() if key in known}
        given["channels"] = tuple(given.get("channels", ()))
        return cls(**given, labels=labels)

    def session_options(self) -> SessionOptions:
        """One result for the whole session, refined on the way."""
        analyser = AnalyserConfig(name=self.analysis, trigger=Trigger.TRIGGER_SESSION, options=self.options)
        options = SessionOptions(analysers=[analyser], labels=self.labels, channel_names=self.channels)
        if self.language:
            options["recognition"] = RecognitionConfig(language_code=self.language)
        if self.context is not None:
            options["context"] = self.context
        return options


async def stream_analyze(
    open_session: OpensSessions,
    transcript: TranscriptInput | None,
    audio: AudioInput | None,
    meta: Mapping[str, Any] | None,
) -> AsyncGenerator[Analysis, None]:
    """The messages of one analysis, from its first partial one to its terminal.

    Raises ValueError for input that cannot be sent, SessionFailed where the session failed as a whole.
    An analysis that had too little to go by ends with a terminal that says so, and raises nothing.
    """
    asked = _Meta.read(meta or {})
    if transcript is not None:
        audio_format = None
    elif audio is not None:
        audio_format = asked.audio_format or _format_of(audio)
    else:
        raise ValueError("there is nothing to analyse: give a transcript or audio")
    last: Analysis | None = None
    async with open_session(audio_format, **asked.session_options()) as session:
        if transcript is not None:
            session.feed(_send_transcript(session, transcript, asked.speaker))
        elif audio is not None:
            session.feed(_send_audio(session, audio))
        async for event in session:
            match event.body:
                case Analysis() as result if result.name == asked.analysis:
                    last = result
                    yield result
                case Error() as error if error.fatal:
                    raise error_from_failure(error.failure)
    if last is None or last.header.partial:
        raise ProtocolViolation(f"the session ended without a result of {asked.analysis}")


async def _send_transcript(session: Session, transcript: TranscriptInput, speaker: str) -> None:
    if isinstance(transcript, str):
        transcript = [text_chunk(text, 0.0, 0.0, speaker) for text in split_text(transcript)]
    for chunk in transcript:
        await session.send_text_chunk(chunk if isinstance(chunk, TextChunk) else text_chunk_of(chunk))
    await session.finish()


async def _send_audio(session: Session, audio: AudioInput) -> None:
    if isinstance(audio, bytes):
        await session.send_audio(audio)
    else:
        await session.send_file(audio)
    await session.finish()


def _format_of(audio: AudioInput) -> AudioFormat:
    if not isinstance(audio, bytes):
        return audio_format_of(Path(audio))
    if audio[:4] in (b"RIFF", b"RF64"):
        return formats.wav()
    if (encoding := container.encoding_of(audio[:4096])) is not None:
        return AudioFormat(encoding=encoding)
    raise ValueError('raw samples do not say what they are: give meta["audio_format"], from pcm()')
