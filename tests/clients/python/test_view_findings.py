"""What models find, for people: each object once as it completes, the whole and its limits at the end."""

import io

import pytest

from rivermouth.analysis.v1.analysis_pb2 import Analysis, LlmPart, LocalPart, Summary, WorkflowResult
from rivermouth.analysis.v1.findings_pb2 import (
    ArgumentFindings,
    Claim,
    EmotionKind,
    EmotionShare,
    Fallacy,
    LlmFindings,
    ManipulationFindings,
    ManipulationPattern,
    PossibleBias,
    PsychologicalFindings,
    QuantitativeMetricsFindings,
    SummaryFindings,
)
from rivermouth.client import Event
from rivermouth.client.view.findings import FindingsLog, model_words
from rivermouth.client.view.plain import PlainView
from rivermouth.client.view.terminal import TerminalView
from rivermouth.client.view.words import describe
from rivermouth.result.v1.result_pb2 import Failure, Outcome, Phase, ResultHeader
from rivermouth.session.v1.service_pb2 import StreamingAnalyzeResponse

RENT = Claim(claim="The firm should move.", speaker="Ben", confidence=0.95, segment_ids=["s1"])
CROWD = Fallacy(type="bandwagon", description="That others move is no reason.", speaker="Ben")
MODEL = {"provider": "gemini", "model": "emulator-gemini-2.5-flash"}


def header(phase: Phase = Phase.PHASE_REFINE, outcome: Outcome | None = None) -> ResultHeader:
    return ResultHeader(result_id="analysis/0/1", phase=phase, outcome=outcome)


FINAL = header(Phase.PHASE_FINAL, Outcome.OUTCOME_COMPLETE)


def event(body: Analysis | Summary | WorkflowResult) -> Event:
    kind = {Analysis: "analysis", Summary: "summary", WorkflowResult: "workflow_result"}[type(body)]
    return Event.of(StreamingAnalyzeResponse(session_id="s", sequence=1, **{kind: body}))


def argument(head: ResultHeader, *, outcome: Outcome | None = None, **findings: object) -> Event:
    found = LlmFindings(argument=ArgumentFindings(**findings))  # type: ignore[arg-type]
    llm = LlmPart(**MODEL, findings=found, outcome=outcome)  # type: ignore[arg-type]
    return event(Analysis(header=head, name="argument", llm=llm))


def test_each_object_is_told_once_when_it_is_complete() -> None:
    log = FindingsLog()
    assert log.lines(argument(header())) == []
    assert log.asked == "gemini on argument"
    claim = "          argument, claim: Ben: The firm should move. (confidence 0.95)"
    assert log.lines(argument(header(), claims=[RENT])) == [claim]
    assert log.lines(argument(header(), claims=[RENT])) == []
    assert log.lines(argument(header(), claims=[RENT], fallacies=[CROWD])) == [
        "          argument, fallacy: Ben: bandwagon: That others move is no reason."
    ]
    ended = argument(FINAL, claims=[RENT, RENT], coherence=70.0, outcome=Outcome.OUTCOME_COMPLETE)
    assert log.lines(ended) == [claim]
    assert log.asked == ""
    assert describe(ended) == (
        "argument: nothing found; emulated gemini (emulator-gemini-2.5-flash): 2 claims, coherence 70"
    )


@pytest.mark.parametrize(
    ("findings", "lines"),
    [
        (
            LlmFindings(quantitative_metrics=QuantitativeMetricsFindings(
                emotions=[EmotionShare(emotion=EmotionKind.EMOTION_KIND_JOY, share=0.6)]
            )),
            ["emotion: emotion joy (share 0.6)"],
        ),
        (
            LlmFindings(psychological=PsychologicalFindings(
                possible_biases=[PossibleBias(bias="anchoring", speaker="Anna")], summary="At ease."
            )),
            ["possible bias: Anna: anchoring", "summary: At ease."],
        ),
        (
            LlmFindings(manipulation=ManipulationFindings(
                patterns=[ManipulationPattern(pattern="urgency", severity=ManipulationPattern.SEVERITY_LOW)],
                risk_score=20.0,
            )),
            ["pattern: urgency (severity low)"],
        ),
        (LlmFindings(summary=SummaryFindings(topics=["x" * 200])), [f"topic: {'x' * 159}…"]),
    ],
)  # fmt: skip
def test_objects_in_a_line(findings: LlmFindings, lines: list[str]) -> None:
    shown = FindingsLog().lines(
        event(Analysis(header=header(), name="x", llm=LlmPart(provider="ollama", findings=findings)))
    )
    assert [line.strip().removeprefix("x, ") for line in shown] == lines


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (LlmPart(), ""),
        (LlmPart(provider="claude", model="c"), "claude (c): nothing found"),
        (
            LlmPart(
                provider="openai",
                model="o",
                fallback_from="claude",
                repaired=True,
                cached=True,
                simulated=True,
            ),
            "openai (o), instead of claude, from before, mended, shown in pieces, not streamed: "
            "nothing found",
        ),
        (
            LlmPart(
                provider="gemini",
                model="g",
                outcome=Outcome.OUTCOME_TRUNCATED,
                failure=Failure(reason="LLM_IDLE", message="it fell silent"),
                findings=LlmFindings(argument=ArgumentFindings(claims=[RENT])),
            ),
            "gemini (g): 1 claim, it fell silent (LLM_IDLE)",
        ),
        (
            LlmPart(
                outcome=Outcome.OUTCOME_SKIPPED, failure=Failure(reason="BACKPRESSURE", message="no room")
            ),
            "no model: no room (BACKPRESSURE)",
        ),
    ],
)
def test_who_said_it_and_with_what_reservations(part: LlmPart, words: str) -> None:
    assert model_words(part) == words


def test_a_reason_is_told_once() -> None:
    why = Failure(reason="LLM_IDLE", message="it fell silent")
    ended = ResultHeader(
        result_id="a", phase=Phase.PHASE_FINAL, outcome=Outcome.OUTCOME_TRUNCATED, failure=why
    )
    llm = LlmPart(provider="gemini", model="g", outcome=Outcome.OUTCOME_FAILED, failure=why)
    local = LocalPart()
    local.argument.words = 3
    assert describe(event(Analysis(header=ended, name="argument", local=local, llm=llm))) == (
        "argument: words 3, truncated: it fell silent (LLM_IDLE); gemini (g): nothing found"
    )


def test_summaries_and_work_have_a_model_too() -> None:
    found = LlmFindings(summary=SummaryFindings(topics=["rent"], text="They may move."))
    summary = event(Summary(header=FINAL, text="It is about rent.", llm=LlmPart(**MODEL, findings=found)))  # type: ignore[arg-type]
    assert FindingsLog().lines(summary) == [
        "          summary, topic: rent",
        "          summary, text: They may move.",
    ]
    assert describe(summary) == (
        "summary: It is about rent.; emulated gemini (emulator-gemini-2.5-flash): 1 topic"
    )
    work = event(
        WorkflowResult(header=FINAL, queue="QUESTION", text="Yes.", llm=LlmPart(provider="claude", model="c"))
    )
    assert FindingsLog().lines(work) == []
    assert describe(work) == "question: Yes.; claude (c): nothing found"


@pytest.mark.parametrize("wide", [True, False])
def test_both_views_show_objects_as_they_come(wide: bool) -> None:
    out = io.StringIO()
    view = TerminalView(out, lambda: 100, color=False) if wide else PlainView(out)
    view.show(argument(header(), claims=[RENT]))
    assert "argument, claim: Ben: The firm should move." in out.getvalue()
    assert ("gemini on argument" in out.getvalue()) is wide
    view.show(argument(FINAL, claims=[RENT], outcome=Outcome.OUTCOME_COMPLETE))
    assert out.getvalue().count("The firm should move.") == 1
    assert ("gemini on argument" in out.getvalue().splitlines()[-1]) is False


def test_no_model_is_no_news() -> None:
    missing = Failure(reason="LLM_NOT_CONFIGURED", message="none")
    local = LocalPart()
    local.argument.words = 3
    quiet = event(Analysis(header=FINAL, name="argument", local=local, llm=LlmPart(), errors=[missing]))
    assert FindingsLog().lines(quiet) == []
    assert describe(quiet) == "argument: words 3"
