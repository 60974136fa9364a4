"""For programs that know the second version of the results: one JSON object a message, eight keys in each.

    service_name     "transcription", "audio_analysis", or the name of the analysis
    service_version  of the service that made it
    local            what was computed without a language model; {} where nothing was (yet)
    gemini           what Gemini said: provider, model, tokens, outcome and so on as in the contract's
                     LlmPart, and under `findings` those of the analysis; {} for none, and for another
                     provider, whose part is then `llm`
    errors           [] or objects with reason, message, retryable and metadata
    partial          true until the last message of a result
    phase            "coarse", "refine" or "final"
    chunk_index      from 0 without gaps within one result

Events that are no results are left out, but for errors.
"""

import json
from typing import Any, TextIO

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

from rivermouth.analysis.v1.analysis_pb2 import Analysis, LlmPart, Summary, WorkflowResult
from rivermouth.analysis.v1.custom_pb2 import CustomResult
from rivermouth.client.events import Event
from rivermouth.client.reducer import Reducer
from rivermouth.client.view.json_lines import event_dict
from rivermouth.result.v1.result_pb2 import Failure, Outcome, Phase, ResultHeader
from rivermouth.session.v1.events_pb2 import Error

_NAMES = {
    "transcript": "transcription",
    "transcript_complete": "transcription",
    "audio_quality": "audio_analysis",
    "semantic": "semantics",
    "workflow_result": "workflow",
}
_PHASES = {Phase.PHASE_COARSE: "coarse", Phase.PHASE_REFINE: "refine", Phase.PHASE_FINAL: "final"}
_GEMINI = "gemini"
# Results that were not computed: a zero in them is no value.
_WITHOUT_VALUES = (Outcome.OUTCOME_FAILED, Outcome.OUTCOME_SKIPPED)
# What has a place of its own among the eight keys, or in the envelope.
_ELSEWHERE = {"header", "name", "chunk_index", "llm", "errors"}


class V2View:
    """Prints results in the second version. It counts chunks itself: the stream may have left some out."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._chunks: dict[str, int] = {}

    def show(self, event: Event) -> None:
        """Prints a result or an error; nothing for other events."""
        if (document := self.document(event)) is not None:
            self._out.write(json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n")
            self._out.flush()

    def close(self, reducer: Reducer | None) -> None:
        """Prints nothing: every result has said how it ended."""

    def document(self, event: Event) -> dict[str, Any] | None:
        """The object of an event that has one."""
        if isinstance(event.body, Error):
            name = event.body.stage or "session"
            return _document(name, "", {}, None, [event.body.failure], "final", 0)
        header = event.header
        if header is None:
            return None
        llm = event.body.llm if isinstance(event.body, Analysis | Summary | WorkflowResult) else None
        chunk = self._chunks.pop(header.result_id, 0)
        if not event.is_final:
            self._chunks[header.result_id] = chunk + 1
        return _document(
            _name(event),
            header.source.service_version,
            _local(event, header),
            llm,
            _errors(event, header),
            _PHASES.get(header.phase, ""),
            chunk,
        )


def _document(
    name: str,
    version: str,
    local: dict[str, Any],
    llm: LlmPart | None,
    errors: list[Failure],
    phase: str,
    chunk: int,
) -> dict[str, Any]:
    said = _model(llm) if llm is not None and llm.provider else {}
    is_gemini = llm is not None and llm.provider == _GEMINI
    document = {
        "service_name": name,
        "service_version": version,
        "local": local,
        "gemini": said if is_gemini else {},
        "errors": [_whole(error) for error in errors],
        "partial": phase != "final",
        "phase": phase,
        "chunk_index": chunk,
    }
    return document if is_gemini or not said else {**document, "llm": said}


def _model(llm: LlmPart) -> dict[str, Any]:
    """A model's part. Its findings go without the name of the analysis, which service_name says."""
    which = llm.findings.WhichOneof("findings")
    findings = _whole(getattr(llm.findings, which)) if which is not None else {}
    return {**_whole(llm), "findings": findings}


def _name(event: Event) -> str:
    match event.body:
        case Analysis() | CustomResult() as named:
            return named.name
    return _NAMES.get(event.kind, event.kind)


def _local(event: Event, header: ResultHeader) -> dict[str, Any]:
    """The body of a result without its head; of an analysis the measures themselves."""
    match event.body:
        case Analysis() as analysis:
            measures = analysis.local.WhichOneof("measures")
            local = _whole(getattr(analysis.local, measures)) if measures is not None else {}
            waiting = analysis.local.waiting_for
            return {**local, "waiting_for": waiting} if waiting else local
        case CustomResult():  # its payload may be of a type that only its users know
            body: dict[str, Any] = event_dict(event)[event.kind]
        case _:
            body = _whole(event.body, has_zeros=header.outcome not in _WITHOUT_VALUES)
    return {key: value for key, value in body.items() if key not in _ELSEWHERE}


def _errors(event: Event, header: ResultHeader) -> list[Failure]:
    errors = [header.failure] if header.HasField("failure") else []
    if isinstance(event.body, Analysis | Summary):
        errors += [each for each in event.body.errors if each != header.failure]
    return errors


def _whole(message: Message, has_zeros: bool = True) -> dict[str, Any]:
    """As protobuf JSON, with zeros and empty lists: a field that is always there is always shown."""
    document: dict[str, Any] = MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=has_zeros
    )
    return document
