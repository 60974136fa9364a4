"""Redaction in a stream of the service: what may be asked for, and what is told of each segment."""

from __future__ import annotations

import string
import threading
from itertools import islice, product

import pytest

from rivermouth.analysis.v1.redaction_pb2 import Redaction, RedactionConfig, RedactionNumber
from rivermouth.semantics.v1.semantics_pb2 import Span
from services.analysis.llm import redaction as room
from services.analysis.llm.screen import Change
from services.analysis.messages import read_config
from services.runtime.errors import InvalidConfig
from tests.services.analysis.streams import UPSTREAM, asked, bodies, config, segment

ENTITY = RedactionConfig(policy=RedactionConfig.POLICY_ENTITY)
KEY = bytes(range(32))


def redacting(redaction: RedactionConfig = ENTITY, **more):
    return config(asked("argument"), redaction=redaction, redaction_key=KEY, **more)


def replaced(redaction) -> list[tuple[str, str, int, int]]:
    return [(e.kind, e.replacement, e.span.start_char, e.span.end_char) for e in redaction.replacements]


async def test_each_segment_in_which_something_is_replaced_is_told(run_core):
    text = "🦉 mail ann@example.com or call +44 20 7946 0958"
    responses = await run_core(
        [redacting(), segment("Nothing here.", 1), segment(text, 2, channel=2), segment("Bye.", 3)]
    )
    (told,) = bodies(responses, "redaction")
    assert (told.segment_id, told.segment_revision, told.revision, told.channel_tag) == ("asr/2/2", 4, 1, 2)
    assert replaced(told) == [("email", "[EMAIL_1]", 7, 22), ("phone", "[PHONE_1]", 31, 47)]
    assert [text[e.span.start_char : e.span.end_char] for e in told.replacements] == [
        "ann@example.com", "+44 20 7946 0958",
    ]  # fmt: skip
    assert told.replacements[1].span == Span(start_char=31, end_char=47, start_word=5, end_word=9)
    assert dict(told.counts) == {"email": 1, "phone": 1}


async def test_it_is_told_again_when_it_shows_that_a_segment_began_a_value(run_core):
    responses = await run_core(
        [
            redacting(),
            segment("a@x.org, and my card is 4111 1111", 1, speaker="Anna"),
            segment("Go on.", 2, speaker="Bob"),
            segment("1111 1111.", 3, speaker="Anna"),
        ]
    )
    told = bodies(responses, "redaction")
    assert [(each.segment_id[-1], each.revision) for each in told] == [("1", 1), ("1", 2), ("3", 1)]
    assert [dict(each.counts) for each in told] == [{"email": 1}, {"email": 1, "card": 1}, {"card": 1}]


@pytest.mark.parametrize(
    ("policy", "token"),
    [("MASK", r"[redacted]"), ("UNSPECIFIED", r"[redacted]"), ("ENTITY", "[NAME_1]"), ("HASH", "[name:")],
)
async def test_policies(run_core, policy, token):
    redaction = RedactionConfig(policy=f"POLICY_{policy}", names=["Anna Berg"])
    told = bodies(await run_core([redacting(redaction), segment("ask ANNA BERG")]), "redaction")
    again = bodies(await run_core([redacting(redaction), segment("anna berg!")]), "redaction")
    assert told[0].replacements[0].replacement.startswith(token)
    assert told[0].replacements[0].replacement == again[0].replacements[0].replacement


async def test_only_the_kinds_that_are_asked_for(run_core):
    redaction = RedactionConfig(kinds=["phone", "name"], names=["Bo"])
    said = segment("Bo: a@x.org, +44 20 7946 0958")
    (told,) = bodies(await run_core([redacting(redaction), said]), "redaction")
    assert dict(told.counts) == {"name": 1, "phone": 1}


async def test_without_redaction_nothing_is_told(run_core):
    responses = await run_core([config(asked("argument")), segment("a@x.org")])
    assert bodies(responses, "redaction") == bodies(responses, "redaction_numbers") == []


async def test_a_long_segment_and_many_names_do_not_hold_up_the_others(run_core):
    letters = string.ascii_lowercase
    names = [f"Anna {''.join(each)}berg" for each in islice(product(letters, repeat=3), 10_000)]
    redaction = RedactionConfig(names=names)
    said = segment(f"{'word ' * 50_000} ask {names[7777]}")
    (told,) = bodies(await run_core([redacting(redaction), said]), "redaction")
    assert dict(told.counts) == {"name": 1}


async def test_numbers_are_told_so_that_another_instance_goes_on_with_them(run_core):
    first = await run_core([redacting(), segment("a@x.org", 1), segment("b@x.org", 2), UPSTREAM])
    numbers = [each for told in bodies(first, "redaction_numbers") for each in told.numbers]
    assert [(each.kind, each.number, len(each.digest)) for each in numbers] == [
        ("email", number, 16) for number in (1, 2)
    ]
    said = [segment("b@x.org", 2, replayed=True), segment("c@x.org, a@x.org", 3)]
    second = await run_core([redacting(redaction_numbers=numbers), *said])
    tokens = [each.replacement for told in bodies(second, "redaction") for each in told.replacements]
    assert tokens == ["[EMAIL_2]", "[EMAIL_3]", "[EMAIL_1]"]
    assert [each.number for told in bodies(second, "redaction_numbers") for each in told.numbers] == [3]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"redaction": RedactionConfig(kinds=["mail"])}, "redaction.kinds[0]"),
        ({"redaction": RedactionConfig(names=["Anna", ""])}, "redaction.names[1]"),
        ({"redaction": RedactionConfig(policy=77)}, "redaction.policy"),
        ({"redaction_key": b"short"}, "redaction_key"),
        ({"redaction_numbers": [RedactionNumber(kind="what", number=1)]}, "redaction_numbers[0]"),
        ({"redaction_numbers": [RedactionNumber(kind="card")]}, "redaction_numbers[0]"),
    ],
)
def test_every_field_that_is_wrong_is_named(fields, wrong):
    with pytest.raises(InvalidConfig) as refused:
        read_config(config(**fields).streaming_config)
    assert [each.field for each in refused.value.violations] == [f"streaming_config.{wrong}"]


async def test_what_is_replaced_in_a_long_text_is_put_together_beside_the_loop(
    run_core, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads, redaction_of = [], room.redaction_of

    def noted(change: Change) -> Redaction:
        threads.append(threading.current_thread())
        return redaction_of(change)

    monkeypatch.setattr(room, "redaction_of", noted)
    text = "Write to anna.berg@example.org now. " * 500
    responses = await run_core([config(redaction={}), segment(text, 1)])
    (told,) = [each.redaction for each in responses if each.HasField("redaction")]
    assert len(told.replacements) == 500
    assert len(threads) == 1
    assert threading.main_thread() not in threads
