"""The second version of the results: eight keys, every time."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf.any_pb2 import Any as AnyMessage

from rivermouth.analysis.v1.analysis_pb2 import (
    Analysis,
    LlmPart,
    LocalPart,
    QuantitativeMetrics,
    Summary,
    WorkflowResult,
    WorkflowRouted,
)
from rivermouth.analysis.v1.custom_pb2 import CustomResult
from rivermouth.analysis.v1.findings_pb2 import ArgumentFindings, Claim, LlmFindings, WorkflowFindings
from rivermouth.client import Event
from rivermouth.client.view.v2 import V2View
from rivermouth.quality.v1.quality_pb2 import AudioQuality
from rivermouth.result.v1.result_pb2 import Failure, Outcome, Phase, ResultHeader, Source
from rivermouth.semantics.v1.semantics_pb2 import SemanticAnnotation
from rivermouth.session.v1 import events_pb2 as ev
from rivermouth.session.v1.service_pb2 import StreamingAnalyzeResponse
from rivermouth.transcript.v1.transcript_pb2 import Transcript, TranscriptComplete
from tests.clients.python.conftest import environment

KEYS = ["service_name", "service_version", "local", "gemini", "errors", "partial", "phase", "chunk_index"]
SOURCE = Source(service="analysis", service_version="0.1.0")
LLM_MISSING = Failure(reason="LLM_NOT_CONFIGURED", message="none")


def head(phase: Phase, id_: str = "a/0/1", outcome: Outcome | None = None, **fields: object) -> ResultHeader:
    is_final = phase == Phase.PHASE_FINAL
    if outcome is None and is_final:
        outcome = Outcome.OUTCOME_COMPLETE
    return ResultHeader(
        result_id=id_, phase=phase, partial=not is_final, outcome=outcome, source=SOURCE, **fields
    )


COARSE, REFINE, FINAL = Phase.PHASE_COARSE, Phase.PHASE_REFINE, Phase.PHASE_FINAL


def shown(*bodies: dict[str, object]) -> list[dict[str, object]]:
    out = io.StringIO()
    view = V2View(out)
    for number, body in enumerate(bodies, start=1):
        envelope = StreamingAnalyzeResponse(session_id="s", sequence=number, **body)  # type: ignore[arg-type]
        view.show(Event.of(envelope))
    view.close(None)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_an_analysis_from_waiting_to_its_end() -> None:
    name = "quantitative_metrics"
    measures = LocalPart(quantitative_metrics=QuantitativeMetrics(words=3, type_token_ratio=1.0))
    found = shown(
        {"analysis": Analysis(header=head(COARSE), name=name, local=LocalPart(waiting_for="waiting"))},
        {"analysis": Analysis(header=head(REFINE), name=name, local=measures, llm=LlmPart())},
        {"analysis": Analysis(header=head(FINAL), name=name, local=measures, errors=[LLM_MISSING])},
    )
    assert [list(each) for each in found] == [KEYS] * 3
    assert found[0] == {
        "service_name": name,
        "service_version": "0.1.0",
        "local": {"waiting_for": "waiting"},
        "gemini": {},
        "errors": [],
        "partial": True,
        "phase": "coarse",
        "chunk_index": 0,
    }
    assert found[1]["local"]["words"] == 3
    assert found[1]["local"]["repetitions"] == 0  # a zero that was counted
    assert "formality" not in found[1]["local"]  # one that was not
    assert [(each["partial"], each["phase"], each["chunk_index"]) for each in found] == [
        (True, "coarse", 0),
        (True, "refine", 1),
        (False, "final", 2),
    ]
    assert found[2]["errors"] == [
        {"reason": "LLM_NOT_CONFIGURED", "message": "none", "retryable": False, "metadata": {}}
    ]


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"transcript": Transcript(header=head(FINAL), text="hello", is_final=True)}, "transcription"),
        ({"transcript_complete": TranscriptComplete(header=head(FINAL), text="hello")}, "transcription"),
        ({"audio_quality": AudioQuality(header=head(FINAL), rms_dbfs=-20.0)}, "audio_analysis"),
        ({"semantic": SemanticAnnotation(header=head(FINAL), segment_id="asr/1/1")}, "semantics"),
        ({"summary": Summary(header=head(FINAL), text="it is about it")}, "summary"),
        ({"workflow_result": WorkflowResult(header=head(FINAL), queue="QUESTION")}, "workflow"),
    ],
)
def test_every_service_has_the_same_eight_keys(body: dict[str, object], name: str) -> None:
    (found,) = shown(body)
    assert list(found) == KEYS
    assert (found["service_name"], found["phase"], found["chunk_index"]) == (name, "final", 0)
    assert "header" not in found["local"]
    assert found["local"]
    assert (found["gemini"], found["errors"]) == ({}, [])


def test_a_model_of_another_provider_has_a_part_of_its_own() -> None:
    by_gemini = Analysis(header=head(FINAL), name="x", llm=LlmPart(provider="gemini", model="m"))
    by_other = Analysis(header=head(FINAL), name="x", llm=LlmPart(provider="ollama", model="m"))
    first, second = shown({"analysis": by_gemini}, {"analysis": by_other})
    assert list(first) == KEYS
    assert (first["gemini"]["provider"], first["gemini"]["model"]) == ("gemini", "m")
    assert list(second) == [*KEYS, "llm"]
    assert (second["gemini"], second["llm"]["provider"]) == ({}, "ollama")


def test_findings_go_without_the_name_of_their_analysis() -> None:
    found = LlmFindings(argument=ArgumentFindings(claims=[Claim(claim="It pays.", confidence=0.5)]))
    answer = LlmFindings(workflow=WorkflowFindings(answer="Yes."))
    analysis, work = shown(
        {
            "analysis": Analysis(
                header=head(FINAL), name="argument", llm=LlmPart(provider="gemini", findings=found)
            )
        },
        {
            "workflow_result": WorkflowResult(
                header=head(FINAL), llm=LlmPart(provider="gemini", findings=answer)
            )
        },
    )
    assert analysis["gemini"]["findings"] == {
        "claims": [
            {
                "claim": "It pays.",
                "speaker": "",
                "supporting_statements": [],
                "contradicting_statements": [],
                "confidence": 0.5,
                "segment_ids": [],
            }
        ],
        "fallacies": [],
    }
    assert analysis["gemini"]["outcome"] == "OUTCOME_UNSPECIFIED"
    assert work["gemini"]["findings"]["answer"] == "Yes."
    assert "llm" not in work["local"]


def test_results_that_failed_have_empty_parts_and_say_why() -> None:
    why = Failure(reason="NO_AUDIO", message="there was none")
    failed = head(FINAL, outcome=Outcome.OUTCOME_FAILED, failure=why)
    quality, analysis = shown(
        {"audio_quality": AudioQuality(header=failed)},
        {"analysis": Analysis(header=failed, name="summary", errors=[why, LLM_MISSING])},
    )
    assert (quality["local"], quality["partial"]) == ({}, False)
    assert [each["reason"] for each in quality["errors"]] == ["NO_AUDIO"]
    assert (analysis["local"], analysis["gemini"]) == ({}, {})
    assert [each["reason"] for each in analysis["errors"]] == ["NO_AUDIO", "LLM_NOT_CONFIGURED"]


def test_chunks_are_counted_without_gaps_within_each_result() -> None:
    """Though messages were left out on the way, and results alternate."""
    messages = [
        {"transcript": Transcript(header=head(phase, id_, revision=revision))}
        for phase, id_, revision in (
            (COARSE, "asr/1/1", 1),
            (COARSE, "asr/2/1", 1),
            (REFINE, "asr/1/1", 7),
            (FINAL, "asr/1/1", 9),
            (COARSE, "asr/1/2", 1),
            (FINAL, "asr/2/1", 4),
        )
    ]
    assert [each["chunk_index"] for each in shown(*messages)] == [0, 0, 1, 2, 0, 1]


def test_errors_are_shown_and_other_events_are_not() -> None:
    error = ev.Error(failure=Failure(reason="TEXT_EMPTY", message="no text"), stage="")
    (found,) = shown(
        {"heartbeat": ev.Heartbeat()},
        {"workflow_routed": WorkflowRouted(queue="GENERAL")},
        {"progress": ev.Progress(step="summary")},
        {"error": error},
        {"session_summary": ev.SessionSummary()},
    )
    assert list(found) == KEYS
    assert (found["service_name"], found["partial"], found["phase"]) == ("session", False, "final")
    assert found["errors"][0]["reason"] == "TEXT_EMPTY"


def test_an_analyser_of_a_users_own_goes_by_its_name() -> None:
    payload = AnyMessage(type_url="type.example.org/acme.Score", value=b"\x08\x01")
    (found,) = shown({"custom_result": CustomResult(header=head(FINAL), name="mine", payload=payload)})
    assert (found["service_name"], list(found)) == ("mine", KEYS)
    assert found["local"]["payload"]["@type"] == "type.example.org/acme.Score"


def test_from_the_command_line(server_process, make_wav) -> None:
    command = [sys.executable, "-m", "rivermouth.client.cli", "stream"]

    def run(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        every = [*command, *map(str, arguments), "--address", server_process[1]]
        return subprocess.run(
            every, capture_output=True, text=True, timeout=20, env=environment(), check=False
        )

    done = run(make_wav(), "--json", "--view", "v2", "--analyser", "quantitative_metrics")
    assert (done.returncode, done.stderr) == (0, "")
    documents = [json.loads(line) for line in done.stdout.splitlines()]
    assert {tuple(each) for each in documents} == {tuple(KEYS)}
    assert {"transcription", "quantitative_metrics"} <= {each["service_name"] for each in documents}
    wrong = run(make_wav(), "--view", "v2")
    assert wrong.returncode == 2
    assert "say --json as well" in wrong.stderr
