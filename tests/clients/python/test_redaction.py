"""Personal data: what a session is asked for, and what stands in place of it."""

from __future__ import annotations

import argparse

import pytest

from rivermouth.analysis.v1.redaction_pb2 import Redaction, RedactionConfig, Replacement
from rivermouth.client import Reducer
from rivermouth.client.commands.stream import add_parser, run
from rivermouth.client.commands.streaming import options_of
from rivermouth.client.requests import streaming_config
from rivermouth.semantics.v1.semantics_pb2 import Span
from tests.clients.python.journals import Journal


def redaction_of(line: str) -> RedactionConfig | None:
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    config = streaming_config(None, options_of(parser.parse_args(["stream", "a.wav", *line.split()])))
    return config.redaction if config.HasField("redaction") else None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", None),
        ("--redact mask", RedactionConfig(policy="POLICY_MASK")),
        ("--redact hash --redact-kind email --redact-kind card",
         RedactionConfig(policy="POLICY_HASH", kinds=["email", "card"])),
        ("--redact name --redact-name Anna --redact-name Bo",
         RedactionConfig(policy="POLICY_ENTITY", names=["Anna", "Bo"])),
    ],
)  # fmt: skip
def test_what_the_command_line_asks_for(line: str, expected: RedactionConfig | None) -> None:
    assert redaction_of(line) == expected


def test_what_to_replace_says_nothing_without_by_what(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    assert run(parser.parse_args(["stream", "a.wav", "--redact-name", "Anna"])) == 2
    assert "say --redact as well" in capsys.readouterr().err


def redaction(segment_id: str, revision: int, *spans: tuple[int, int]) -> Redaction:
    return Redaction(
        segment_id=segment_id,
        revision=revision,
        replacements=[
            Replacement(kind="name", span=Span(start_char=start, end_char=end), replacement="[NAME_1]")
            for start, end in spans
        ],
    )


def test_a_text_is_shown_as_models_get_it() -> None:
    journal = Journal()
    reducer = Reducer()
    segment = journal.open("transcript")
    journal.end(segment)
    for event in journal.events:
        reducer.apply(event)
    (transcript,) = reducer.transcript()
    text = transcript.text
    assert reducer.redacted(transcript) == text
    reducer.apply(journal.write("redaction", redaction(segment.id, 1, (1, 2))))
    assert reducer.redacted(transcript) == f"{text[0]}[NAME_1]{text[2:]}"
    reducer.apply(journal.write("redaction", redaction(segment.id, 3, (0, 1), (1, len(text)))))
    assert reducer.redacted(transcript) == "[NAME_1][NAME_1]"
    assert reducer.transcript() == [transcript]
    assert reducer.violations == []


def test_rule_3_a_redaction_annotates_a_segment_that_is_there_and_goes_forward() -> None:
    journal = Journal()
    segment = journal.open("transcript")
    journal.end(segment)
    for each in (redaction("none", 1), redaction(segment.id, 2), redaction(segment.id, 2)):
        journal.write("redaction", each)
    reducer = Reducer()
    for event in journal.events:
        reducer.apply(event)
    assert [each.rule for each in reducer.violations] == [3, 3]
