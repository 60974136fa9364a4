"""What language models found, in words: each object once when it is complete, and the whole at the end."""

from collections.abc import Iterator
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from rivermouth.analysis.v1.analysis_pb2 import Analysis, LlmPart, Summary, WorkflowResult
from rivermouth.client.events import Event
from rivermouth.client.view.conversation import INDENT
from rivermouth.result.v1.result_pb2 import Failure

_MOST_TEXT = 160
_EMULATOR = "emulator-"
_SKIPPED = frozenset({"speaker", "assignee", "segment_ids", "work_id"})
"""Fields of an object that stand elsewhere in its line, or say nothing to a person."""

Named = Analysis | Summary | WorkflowResult


class FindingsLog:
    """Which objects of which results were told: each is told once, though every message has all of them."""

    def __init__(self) -> None:
        self._told: dict[str, dict[str, int]] = {}
        self._asked: dict[str, str] = {}

    @property
    def asked(self) -> str:
        """Who answers what just now, such as "gemini on argument, emotion"; empty where nobody does."""
        by_provider: dict[str, list[str]] = {}
        for asked in self._asked.values():
            provider, _, name = asked.partition("\0")
            by_provider.setdefault(provider, []).append(name)
        return "; ".join(f"{provider} on {', '.join(names)}" for provider, names in by_provider.items())

    def lines(self, event: Event) -> list[str]:
        """A line for each object that is complete with this event."""
        match event.body:
            case Analysis() | Summary() | WorkflowResult() as result if result.HasField("llm"):
                return list(self._lines(event, result))
        return []

    def _lines(self, event: Event, result: Named) -> Iterator[str]:
        llm, result_id, name = result.llm, result.header.result_id, name_of(result)
        if llm.provider and not llm.outcome and not event.is_final:
            self._asked[result_id] = f"{llm.provider}\0{name}"
        else:
            self._asked.pop(result_id, None)
        if isinstance(result, WorkflowResult):  # its text is all that was found
            return
        told = self._told.setdefault(result_id, {})
        for field, value in _findings(llm):
            parts = _objects(field, value)
            for part in parts[told.get(field.name, 0) :]:
                yield f"{INDENT}{name}, {_singular(field)}: {object_words(part)}"
            told[field.name] = max(told.get(field.name, 0), len(parts))
        if event.is_final:
            del self._told[result_id]


def name_of(result: Named) -> str:
    """The analysis, as a person asked for it."""
    match result:
        case Analysis():
            return result.name
        case Summary():
            return "summary"
    return "workflow"


def model_words(llm: LlmPart, told: Failure | None = None) -> str:
    """Who said how much, and with what reservations; empty where no model was asked. `told`: why the result
    itself is not complete, which need not be said again."""
    why = _why(llm.failure) if llm.failure != told else ""
    if not llm.provider:
        return f"no model: {why}" if why else ""
    marks = [f"instead of {llm.fallback_from}"] if llm.fallback_from else []
    marks += ["from before" if llm.cached else ""]
    marks += ["mended" if llm.repaired else ""]
    marks += ["shown in pieces, not streamed" if llm.simulated else ""]
    kind = "emulated " if llm.model.startswith(_EMULATOR) else ""
    said = [words for field, value in _findings(llm) if (words := _amount(field, value))]
    if why:
        said.append(why)
    words = ", ".join([f"{kind}{llm.provider} ({llm.model})", *filter(None, marks)])
    return f"{words}: {', '.join(said) or 'nothing found'}"


def object_words(part: Any) -> str:
    """An object in a line: who, its first texts, then its numbers."""
    if not isinstance(part, Message):
        return _cut(str(part))
    fields = [(field, value) for field, value in part.ListFields() if field.name not in _SKIPPED]
    texts = [value for field, value in fields if isinstance(value, str)]
    others = [words for field, value in fields if (words := _measure(field, value))]
    who = getattr(part, "speaker", "") or getattr(part, "assignee", "")
    if not texts and others:
        texts, others = others[:1], others[1:]
    words = ": ".join([who, *texts[:2]] if who else texts[:2])
    return f"{_cut(words)} ({', '.join(others)})" if others else _cut(words)


def _findings(llm: LlmPart) -> list[tuple[FieldDescriptor, Any]]:
    which = llm.findings.WhichOneof("findings")
    if which is None:
        return []
    fields = getattr(llm.findings, which).ListFields()
    return [(field, value) for field, value in fields if field.name not in _SKIPPED]


def _objects(field: FieldDescriptor, value: Any) -> list[Any]:
    """What is told as soon as it is complete: objects of lists, and texts."""
    if isinstance(value, str):
        return [value]
    return list(value) if _is_list(field) else []


def _amount(field: FieldDescriptor, value: Any) -> str:
    """What a field comes to, for the end: how many objects, or the number itself."""
    if _is_list(field):
        return f"{len(value)} {_singular(field) if len(value) == 1 else _plural(field)}"
    return _measure(field, value)


def _measure(field: FieldDescriptor, value: Any) -> str:
    name = _plural(field)
    if field.enum_type is not None and not _is_list(field):
        known = field.enum_type.values_by_number
        prefix = known[0].name.removesuffix("UNSPECIFIED")
        enumerator = known[value].name.removeprefix(prefix) if value in known else str(value)
        return f"{name} {enumerator.replace('_', ' ').lower()}"
    match value:
        case bool():
            return name if value else f"not {name}"
        case float() | int():
            return f"{name} {value:.3g}"
    return ""


def _is_list(field: FieldDescriptor) -> bool:
    """Whether it is repeated."""
    is_repeated: bool = field.is_repeated
    return is_repeated


def _plural(field: FieldDescriptor) -> str:
    name: str = field.name
    return name.replace("_", " ")


def _singular(field: FieldDescriptor) -> str:
    name = _plural(field)
    if not _is_list(field):
        return name
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    return name.removesuffix("es") if name.endswith("ses") else name.removesuffix("s")


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_TEXT else f"{text[: _MOST_TEXT - 1]}…"


def _why(failure: Failure) -> str:
    return f"{failure.message} ({failure.reason})" if failure.reason else failure.message
