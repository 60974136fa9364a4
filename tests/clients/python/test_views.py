"""What a person and a program get to see."""

import io
import json
import re

import pytest
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.wrappers_pb2 import StringValue

from rivermouth.analysis.v1.analysis_pb2 import Analysis, LocalPart, QuantitativeMetrics
from rivermouth.analysis.v1.custom_pb2 import CustomResult
from rivermouth.analysis.v1.redaction_pb2 import Redaction, Replacement
from rivermouth.asr.v1.asr_pb2 import Recogniser
from rivermouth.client import Event, Reducer
from rivermouth.client.view.json_lines import JsonView, event_dict
from rivermouth.client.view.plain import PlainView
from rivermouth.client.view.terminal import TerminalView
from rivermouth.client.view.words import describe
from rivermouth.quality.v1.quality_pb2 import RATING_FAIR, RATING_POOR, AudioQuality
from rivermouth.result.v1.result_pb2 import Failure, Outcome, Phase, ResultHeader
from rivermouth.semantics.v1.semantics_pb2 import Annotation, Intent, SemanticAnnotation
from rivermouth.session.v1 import events_pb2 as ev
from rivermouth.session.v1.service_pb2 import StreamingAnalyzeResponse
from rivermouth.transcript.v1.transcript_pb2 import LanguageDetected, SpeakerRevision
from tests.clients.python.journals import Journal, offset

FINAL = ResultHeader(phase=Phase.PHASE_FINAL, outcome=Outcome.OUTCOME_COMPLETE)


def failed(outcome: Outcome = Outcome.OUTCOME_FAILED) -> ResultHeader:
    failure = Failure(reason="NO_AUDIO", message="there was none")
    return ResultHeader(phase=Phase.PHASE_FINAL, outcome=outcome, failure=failure)


def event(**body: object) -> Event:
    return Event.of(StreamingAnalyzeResponse(session_id="s1", sequence=1, **body))  # type: ignore[arg-type]


def spoken(journal: Journal) -> Journal:
    journal.write(
        "session_started", ev.SessionStarted(sample_rate_hertz=16000, channel_count=2, steps=["asr"])
    )
    for channel in (1, 2):
        result = journal.open("transcript", channel)
        journal.refine(result)
        journal.refine(result).latency.total.CopyFrom(offset(0.312))
        journal.end(result).latency.total.CopyFrom(offset(0.312))
    journal.summary()
    return journal


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ({"session_started": ev.SessionStarted(steps=["semantics"])}, "session s1: text; steps: semantics"),
        (
            {"session_started": ev.SessionStarted(steps=["transcription"])},
            "session s1: audio as its header says; steps: transcription",
        ),
        (
            {
                "session_started": ev.SessionStarted(
                    sample_rate_hertz=8000,
                    channel_count=1,
                    steps=["transcription"],
                    recogniser=Recogniser(engine="whisper", model="whisper-small"),
                )
            },
            "session s1: 8000 Hz, 1 channel; recognition by whisper (whisper-small); steps: transcription",
        ),
        (
            {"language_detected": LanguageDetected(channel_tag=2, language_code="de", confidence=0.97)},
            "channel 2 speaks de (97% sure)",
        ),
        (
            {"language_detected": LanguageDetected(channel_tag=1, language_code="en")},
            "channel 1 speaks en",
        ),
        (
            {
                "audio_quality": AudioQuality(
                    header=FINAL, rms_dbfs=-21.44, clipping_ratio=0.01, warnings=["too loud"]
                )
            },
            "audio quality: level -21.4 dBFS, clipping 1.0%, too loud",
        ),
        (
            {
                "audio_quality": AudioQuality(
                    header=FINAL, snr_db=18.2, dropout_count=2, score=63.4, rating=RATING_FAIR
                )
            },
            "audio quality: SNR 18 dB, dropouts 2, score 63 of 100, fair",
        ),
        ({"audio_quality": AudioQuality(header=FINAL)}, "audio quality: nothing measured"),
        (
            {"audio_quality": AudioQuality(header=failed())},
            "audio quality: failed: there was none (NO_AUDIO)",
        ),
        ({"audio_quality": AudioQuality(rms_dbfs=-3)}, None),
        (
            {
                "semantic": SemanticAnnotation(
                    header=FINAL,
                    primary_intent=Intent.INTENT_QUESTION,
                    annotations=[
                        Annotation(kind=Annotation.KIND_KEYWORD, label="hidden"),
                        Annotation(kind=Annotation.KIND_TOPIC, label="pricing"),
                        Annotation(kind=Annotation.KIND_TOPIC, label="pricing"),
                    ],
                )
            },
            "          question, pricing",
        ),
        ({"semantic": SemanticAnnotation(header=FINAL, primary_intent=Intent.INTENT_GENERAL)}, None),
        ({"semantic": SemanticAnnotation(header=failed())}, "semantics: failed: there was none (NO_AUDIO)"),
        (
            {
                "analysis": Analysis(
                    header=FINAL,
                    name="quantitative_metrics",
                    local=LocalPart(
                        quantitative_metrics=QuantitativeMetrics(words=5, words_per_minute=120.25)
                    ),
                )
            },
            "quantitative_metrics: words 5, words per minute 120.2",
        ),
        (
            {"analysis": Analysis(header=failed(Outcome.OUTCOME_SKIPPED), name="x")},
            "x: skipped: there was none (NO_AUDIO)",
        ),
        (
            {
                "speaker_revision": SpeakerRevision(
                    previous_speaker="one", speaker="anna", segment_ids=["asr/1/1", "asr/1/2"]
                )
            },
            "          one is anna in 2 segments",
        ),
        (
            {
                "redaction": Redaction(
                    segment_id="asr/1/1",
                    replacements=[
                        Replacement(kind=kind, replacement=f"[{kind.upper()}_1]")
                        for kind in ("email", "phone", "email")
                    ],
                )
            },
            "          models are told [EMAIL_1], [PHONE_1] instead",
        ),
        (
            {
                "analyser_status": ev.AnalyserStatus(
                    stage="asr",
                    state=ev.AnalyserStatus.STATE_RECONNECTING,
                    failure=Failure(reason="PEER_UNAVAILABLE", message="connection refused"),
                    lost_input=offset(1.5),
                )
            },
            "asr is lost and being connected again; the others go on; connection refused (PEER_UNAVAILABLE); "
            "1.5 s of input are lost",
        ),
        ({"analyser_status": ev.AnalyserStatus(stage="asr", state=ev.AnalyserStatus.STATE_RUNNING)}, None),
        (
            {
                "analyser_status": ev.AnalyserStatus(
                    stage="asr", state=ev.AnalyserStatus.STATE_RUNNING, incarnation=1
                )
            },
            "asr works again",
        ),
        ({"flow_control": ev.FlowControl(state=ev.FlowControl.STATE_STARTED, cause="asr")}, None),
        ({"go_away": ev.GoAway(time_left=offset(30), reason="drain")}, "the server closes in 30 s: drain"),
        ({"warning": ev.Warning(reason="SLOW", message="slow")}, "warning: slow (SLOW)"),
        (
            {
                "error": ev.Error(
                    failure=Failure(reason="TEXT_ORDER", message="goes back"),
                    stage="segments",
                    client_sequence=7,
                    field="text_chunk.start_offset",
                )
            },
            "error: goes back (TEXT_ORDER), in segments, field text_chunk.start_offset, message 7",
        ),
        (
            {
                "config_rejected": ev.ConfigRejected(
                    violations=[ev.FieldViolation(field="labels", description="no")]
                )
            },
            "refused: labels: no",
        ),
        ({"heartbeat": ev.Heartbeat()}, None),
        ({"progress": ev.Progress(step="asr")}, None),
    ],
)
def test_events_in_words(body: dict[str, object], line: str | None) -> None:
    assert describe(event(**body)) == line


def show(view: PlainView | TerminalView | JsonView, journal: Journal) -> None:
    reducer = Reducer()
    for envelope in journal.events:
        reducer.apply(envelope)
        view.show(Event.of(envelope))
    view.close(reducer)


def test_plain_lines_have_finals_only_and_no_control_characters() -> None:
    journal = Journal()
    journal.write("warning", ev.Warning(reason="R", message="red \x1b[31m\rtext\n\u202e"))
    spoken(journal)
    out = io.StringIO()
    show(PlainView(out, "a.wav: "), journal)
    text = out.getvalue()
    assert "a.wav: [  0.0s] channel 1: asr/1/1 revision 3\n" in text
    assert "revision 1" not in text
    assert all(character == "\n" or character.isprintable() for character in text)
    assert "events: 9 in all: session_started 1, session_summary 1, transcript 6, warning 1" in text
    assert text.endswith("a.wav: the counts agree with the 9 events received\n")
    header, row = [line.split()[1:] for line in text.splitlines() if line.startswith("a.wav:   ")]
    assert dict(zip(header, row, strict=True)) == {
        "service": "asr",
        "coarse": "2",
        "refine": "2",
        "final": "2",
        "failed": "0",
        "skipped": "0",
        "truncated": "0",
        "dropped": "0",
    }


def test_counts_that_do_not_agree_are_said() -> None:
    journal = spoken(Journal())
    journal.events[-1].session_summary.events["transcript"] += 1
    out = io.StringIO()
    show(PlainView(out), journal)
    assert "events of kind transcript: 6 received, 7 in the summary" in out.getvalue()


class Screen(io.StringIO):
    """A terminal, as far as the view uses one."""

    def lines(self) -> list[str]:
        """What is on the screen after everything was written."""
        rows: list[str] = [""]
        at = 0
        for part in re.findall(r"\x1b\[\d*[A-Za-z]|\n|\r|[^\x1b\n\r]+", self.getvalue()):
            if part == "\n":
                at += 1
                if at == len(rows):
                    rows.append("")
            elif part.endswith("A") and part.startswith("\x1b"):
                at -= int(part[2:-1])
            elif part == "\x1b[J":
                del rows[at + 1 :]
                rows[at] = ""
            elif not part.startswith(("\x1b", "\r")):
                rows[at] += part
        return rows


def test_interims_are_rewritten_in_place_until_they_are_final() -> None:
    journal = spoken(Journal())
    screen = Screen()
    view = TerminalView(screen, lambda: 80)
    shown = []
    for envelope in journal.events:
        view.show(Event.of(envelope))
        shown.append(screen.lines())
    assert shown[1][1:-1] == ["[  0.0s] channel 1: asr/1/1 revision 1"]
    assert shown[2][1:-1] == ["[  0.0s] channel 1: asr/1/1 revision 2"]
    assert shown[3][1:-1] == [
        "[  0.0s] channel 1: asr/1/1 revision 3",
        "0.0 s received  last final after 312 ms",
    ]
    assert shown[4][2:4] == [
        "[  0.0s] channel 2: asr/2/2 revision 1",
        "0.0 s received  last final after 312 ms",
    ]
    view.close(None)
    assert [line for line in screen.lines() if line] == [
        "session s: 16000 Hz, 2 channels; steps: asr",
        "[  0.0s] channel 1: asr/1/1 revision 3",
        "[  0.0s] channel 2: asr/2/2 revision 3",
    ]


@pytest.mark.parametrize("word", ["word", "字字", "e\u0301e\u0301"])
def test_interims_never_wrap_and_show_their_end(word: str) -> None:
    journal = Journal()
    journal.refine(journal.open("transcript")).transcript.text = " ".join([word] * 50) + " end"
    screen = Screen()
    TerminalView(screen, lambda: 40, color=False).show(Event.of(journal.events[0]))
    line = screen.lines()[0]
    assert line.endswith("end")
    assert "…" in line
    width = sum(2 if character == "字" else 0 if character == "\u0301" else 1 for character in line)
    assert 30 <= width <= 39


def test_the_state_line_has_progress_and_level() -> None:
    screen = Screen()
    view = TerminalView(screen, lambda: 100)
    view.show(event(progress=ev.Progress(steps_done=1, steps_total=3, percentage=33)))
    view.show(event(audio_quality=AudioQuality(rms_dbfs=-20.0), cursors=ev.Cursors(received=offset(2.5))))
    assert screen.lines()[0] == "2.5 s received  1 of 3 steps (33 %)  level -20 dBFS"
    view.show(event(audio_quality=AudioQuality(rms_dbfs=-20.0, snr_db=4.6, rating=RATING_POOR)))
    assert screen.lines()[0].endswith("level -20 dBFS, SNR 5 dB, sound poor")
    view.show(event(flow_control=ev.FlowControl(state=ev.FlowControl.STATE_STARTED, cause="asr")))
    assert screen.lines()[0].endswith("  held back by asr")
    view.show(event(flow_control=ev.FlowControl(state=ev.FlowControl.STATE_ENDED, cause="asr")))
    assert "held back" not in screen.lines()[0]
    view.show(event(heartbeat=ev.Heartbeat(recognition_lag=offset(1.25))))
    assert screen.lines()[0].endswith("  recognition 1.2 s behind")
    view.show(event(heartbeat=ev.Heartbeat(recognition_lag=offset(0.1))))
    assert "behind" not in screen.lines()[0]


def test_json_lines_keep_names_and_order() -> None:
    journal = spoken(Journal())
    out = io.StringIO()
    show(JsonView(out), journal)
    documents = [json.loads(line) for line in out.getvalue().splitlines()]
    assert len(documents) == len(journal.events)
    assert list(documents[1]) == ["session_id", "epoch", "sequence", "transcript"]
    assert documents[1]["transcript"]["header"]["result_id"] == "asr/1/1"
    counts = documents[-1]["session_summary"]["events"]
    assert list(counts) == sorted(counts)


def test_json_of_types_that_only_their_users_know() -> None:
    unknown = AnyMessage(type_url="type.example.org/acme.Score", value=b"\x08\x01")
    known = AnyMessage()
    known.Pack(StringValue(value="hello"))
    first = event_dict(event(custom_result=CustomResult(name="mine", payload=unknown)))
    assert first["custom_result"]["payload"] == {"@type": "type.example.org/acme.Score", "value": "CAE="}
    second = event_dict(event(custom_result=CustomResult(name="mine", payload=known)))
    assert second["custom_result"]["payload"]["value"] == "hello"
