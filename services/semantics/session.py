"""The core of the service: one stream of final segments in, exactly one annotation of each out; turns and
statistics of the conversation between them.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Self

from rivermouth.result.v1.result_pb2 import OUTCOME_COMPLETE, Failure, StreamIdentity
from rivermouth.semantics.v1.semantics_pb2 import SemanticAnnotation, StreamingAnnotateRequest
from rivermouth.transcript.v1.transcript_pb2 import Transcript
from services.runtime.config import ConfigError
from services.runtime.errors import ProtocolOrder, leaves
from services.runtime.offsets import nanoseconds
from services.runtime.results import ResultOrigin
from services.semantics import reasons
from services.semantics.meaning import Intent, SemanticEngine
from services.semantics.messages import add_meaning, annotation_of, evidence_of, read_config, segment_fault
from services.semantics.rules import load_rules
from services.semantics.scripted import ScriptedRules
from services.semantics.settings import SemanticsSettings
from services.semantics.stream import Send, Stream


class SemanticsCore:
    """Serves many streams at once; they share the engine, which has no state."""

    def __init__(self, settings: SemanticsSettings) -> None:
        self._settings = settings
        self._language = ""
        self._engine: SemanticEngine | None = None

    @property
    def ready(self) -> bool:
        """Whether the engine is loaded."""
        return self._engine is not None

    async def __aenter__(self) -> Self:
        """Load the word lists. Raises ConfigError where they cannot be used."""
        path = self._settings.word_lists
        try:
            rules = await asyncio.to_thread(load_rules, path)
        except (OSError, ValueError) as error:
            raise ConfigError([f"word lists {path}: {error}"]) from None
        self._language = rules.language
        scripted = self._settings.engine == "scripted"
        self._engine = ScriptedRules(self._settings.scripted_delay) if scripted else rules
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self._engine = None

    async def run(self, requests: AsyncIterator[StreamingAnnotateRequest], send: Send) -> None:
        """Annotate one stream until its requests end, and answer everything that is still open then.

        Raises InvalidConfig for a bad configuration, ProtocolOrder for one that is not first or not alone.
        """
        engine = self._loaded
        stream: Stream | None = None
        try:
            async with asyncio.TaskGroup() as tasks:
                async for request in requests:
                    kind = request.WhichOneof("request")
                    if stream is None:
                        if kind != "streaming_config":
                            raise ProtocolOrder(
                                reasons.CONFIG_EXPECTED, f"{kind or 'an empty request'} came first"
                            )
                        config = read_config(
                            request.streaming_config, self._language, self._settings.turn_gap
                        )
                        stream = Stream(config, self._settings, engine, send)
                        if engine.delay:
                            tasks.create_task(stream.work())
                    elif kind == "segment":
                        await stream.accept(request.segment)
                    elif kind == "watermark":
                        await stream.advance(nanoseconds(request.watermark))
                    elif kind == "upstream_failure":
                        await stream.give_up(request.upstream_failure)
                    elif kind == "streaming_config":
                        raise ProtocolOrder(reasons.CONFIG_REPEATED, "a second streaming_config came")
                    elif kind is None:
                        message = "the request has no field that is known here"
                        await stream.refuse(Failure(reason=reasons.EMPTY_REQUEST, message=message))
                if stream is None:
                    raise ProtocolOrder(reasons.CONFIG_EXPECTED, "the stream ended before streaming_config")
                stream.close()
        except BaseExceptionGroup as group:
            raise leaves(group)[0] from None
        await stream.finish()

    def annotate(self, transcript: Transcript) -> SemanticAnnotation:
        """The annotation of one final transcript, without a stream. Raises ValueError for one that has
        none."""
        fault = segment_fault(transcript)
        if fault is not None or not transcript.text.strip():
            raise ValueError(fault.message if fault is not None else "the segment has no text")
        origin = ResultOrigin(StreamIdentity(), "semantics", self._settings.engine)
        opened = origin.open(transcript.channel_tag, transcript.header.result_id, evidence_of(transcript))
        annotation = annotation_of(transcript, opened.final(OUTCOME_COMPLETE))
        add_meaning(annotation, self._loaded.annotate(transcript.text), frozenset())
        return annotation

    def classify_intent(self, text: str) -> tuple[Intent, ...]:
        """All intents of a text, the primary one first."""
        return self._loaded.classify_intent(text)

    def extract_keywords(self, text: str) -> tuple[str, ...]:
        """What a text is about, the most important first."""
        return self._loaded.extract_keywords(text)

    @property
    def _loaded(self) -> SemanticEngine:
        if self._engine is None:
            raise RuntimeError("the core is not entered")
        return self._engine
