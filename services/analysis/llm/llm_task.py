"""What a model is asked for an analysis: pure data, filled in by each analysis' file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmTask:
    """A question to a model.

    Attributes:
        instruction: what to do, and how to judge; the text comes beside it, as data.
        findings: a frozen pydantic dataclass, the answer's type. Its fields are those of the analysis'
            message in LlmFindings; a field `lines` of numbers of lines stands for `segment_ids` there.
        reads_measures: whether the model is told the local measures, so that it need not guess them.
        reads_background: whether it is told what the caller knew before the session.
        hears: whether it is given the sound as well, where the session allows that.
        max_output_tokens: after which the vendor breaks the answer off.
    """

    instruction: str
    findings: type[Any]
    reads_measures: bool = False
    reads_background: bool = False
    hears: bool = False
    max_output_tokens: int = 4_096
