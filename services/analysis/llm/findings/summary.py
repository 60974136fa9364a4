"""summary: topics, decisions and action items, and the summary that rests on them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from services.analysis.llm.findings.parts import ActionItem, Name, Prose, Statement, instruction
from services.analysis.llm.llm_task import LlmTask


@dataclass(frozen=True)
class SummaryFindings:
    """A summary of the session so far."""

    topics: Annotated[
        tuple[Name, ...], Field(max_length=8, description="Main topics, the most important first.")
    ]
    decisions: Annotated[
        tuple[Statement, ...],
        Field(max_length=20, description="Key decisions in order of time; not what was only proposed."),
    ]
    action_items: Annotated[tuple[ActionItem, ...], Field(max_length=20, description="In order of time.")]
    text: Annotated[Prose, Field(description="The summary, three to six sentences.")]


TASK = LlmTask(
    instruction=instruction(
        "Summarise this session for somebody who was not there: its main topics, what was decided and by "
        "whom, what is to be done, by whom and until when, and then all of it in a few sentences, the "
        "most important first. A decision is what the speakers settled on; a proposal that nobody took "
        "up is none. If there was an earlier summary in the context, the new one takes its place: keep "
        "of it what still holds."
    ),
    findings=SummaryFindings,
)
