"""workflow: what a model is asked about work items, and the types of its answers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from services.analysis.llm.llm_task import LlmTask
from services.analysis.workflow.routing import Queue

_LONGEST_ANSWER = 4_000
_LONGEST_NOTE = 1_000
_MOST_LINES = 100
_MOST_NOTES = 100


@dataclass(frozen=True)
class QuestionFindings:
    """An answer. Fields are in the order in which they are worth reading.

    Attributes:
        answer: in sentences; where the conversation does not answer, what is missing.
        answered: whether it does.
        lines: numbers of the lines that the answer is taken from.
    """

    answer: Annotated[str, Field(min_length=1, max_length=_LONGEST_ANSWER)]
    answered: bool
    lines: Annotated[tuple[int, ...], Field(max_length=_MOST_LINES)] = ()


@dataclass(frozen=True)
class Note:
    """What there is to say of one line.

    Attributes:
        line: its number.
        text: one sentence.
    """

    line: int
    text: Annotated[str, Field(min_length=1, max_length=_LONGEST_NOTE)]


@dataclass(frozen=True)
class BatchFindings:
    """A note for each line."""

    notes: Annotated[tuple[Note, ...], Field(max_length=_MOST_NOTES)]


QUESTION = LlmTask(
    instruction=(
        "Answer this question from the conversation. The question is the last line of the data; the lines "
        "before it are the conversation so far, and the context is what was said last before it. Answer in "
        "one to three sentences, in the question's language, from what was said alone: do not use what you "
        "know otherwise, and do not guess. If the conversation does not answer the question, set `answered` "
        "to false and say in `answer` what would have to be known. `lines` are the numbers of the lines that "
        "the answer is taken from, never that of the question itself."
    ),
    findings=QuestionFindings,
    max_output_tokens=2_048,
)

_EACH = (
    "Write one note for each line of the data, in the order of the lines; `line` is its number. The context "
    "is what was said around them, and gets no notes. A note is one sentence of at most 25 words, in the "
    "line's language, and says nothing that was not said. "
)


def _batch(what: str) -> LlmTask:
    return LlmTask(instruction=_EACH + what, findings=BatchFindings)


TASKS = {
    Queue.QUESTION: QUESTION,
    Queue.ACTION_ITEM: _batch(
        "Each line was taken for a task or a promise. Note who is to do what, for whom and until when, as "
        "far as that was said; if it is neither, note what it is instead."
    ),
    Queue.DECISION: _batch(
        "Each line was taken for a decision or an agreement. Note what was decided or agreed to, and by "
        "whom; if it is neither, note what it is instead."
    ),
    Queue.GENERAL: _batch("Note what each line adds to the conversation; if it adds nothing, say so."),
}
"""By queue."""
