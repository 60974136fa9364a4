"""Redaction through the gateway: what the stage is told, what it tells, and what a server says it can do."""

from __future__ import annotations

import pytest

from gateway.contracts import Analysis, Setup
from gateway.plan import ANALYSIS, ActiveStage
from rivermouth.analysis.v1.analysis_pb2 import StreamingAnalyzeResponse
from rivermouth.analysis.v1.redaction_pb2 import Redaction, RedactionConfig, RedactionNumber, RedactionNumbers
from rivermouth.session.v1 import config_pb2, service_pb2
from tests.gateway.actors import actors
from tests.gateway.calls import gateway
from tests.gateway.merging import Driver, spoken
from tests.gateway.rules import check

ASKED = RedactionConfig(policy=RedactionConfig.POLICY_HASH, kinds=["email"])


def contract(**fields: object) -> Analysis:
    return Analysis(ActiveStage(ANALYSIS, ()), Setup("s", config_pb2.StreamingConfig(**fields), None, None))


def test_each_incarnation_has_the_session_s_key_and_the_numbers_told_so_far() -> None:
    analysis = contract(redaction=ASKED)
    first = analysis.configure(0, 0).streaming_config
    assert (first.redaction, len(first.redaction_key), len(first.redaction_numbers)) == (ASKED, 32, 0)
    told = [RedactionNumber(kind="email", digest=bytes(16), number=each) for each in (1, 2)]
    output = analysis.read(StreamingAnalyzeResponse(redaction_numbers=RedactionNumbers(numbers=told)))
    assert (output.result, output.note, output.failure) == (None, None, None)
    second = analysis.configure(1, 0).streaming_config
    assert second.redaction_key == first.redaction_key
    assert list(second.redaction_numbers) == told
    assert contract(redaction=ASKED).configure(0, 0).streaming_config.redaction_key != first.redaction_key


def test_without_redaction_the_stage_is_told_nothing_of_it() -> None:
    config = contract().configure(0, 0).streaming_config
    assert not config.HasField("redaction")
    assert config.redaction_key == b""


def test_the_key_is_shown_nowhere() -> None:
    setup = Setup("s", config_pb2.StreamingConfig(), None, None)
    assert repr(setup.redaction_key) not in repr(setup)


def test_an_event_of_the_stage_is_one_of_the_session() -> None:
    body = Redaction(segment_id="asr/2/1", revision=1, channel_tag=2)
    output = contract().read(StreamingAnalyzeResponse(redaction=body))
    assert output.note == ("redaction", body, 2)


@pytest.mark.parametrize(
    ("revisions", "told"),
    [([1], [1]), ([1, 2], [1, 2]), ([1, 2, 1, 2, 3], [1, 2, 3]), ([1, 1], [1]), ([2, 1], [2])],
)
def test_what_a_new_incarnation_tells_again_is_told_once(revisions: list[int], told: list[int]) -> None:
    driver = Driver()
    for ordinal in (1, 2):
        driver.call("result", spoken(ordinal))
    for revision in revisions:
        for segment_id in ("asr/1/1", "asr/1/2"):
            driver.call("note", "redaction", Redaction(segment_id=segment_id, revision=revision), 1)
    assert [each.revision for each in driver.bodies("redaction")] == [each for each in told for _ in range(2)]
    driver.call("stop", "LIMIT", None)
    check(driver.events, whole=False)


async def test_a_server_says_what_it_can_replace() -> None:
    async with gateway(actors()) as serve:
        capabilities = await serve.ask("GetCapabilities", service_pb2.GetCapabilitiesRequest())
    assert list(capabilities.redaction_kinds) == ["email", "phone", "card", "iban", "network", "name"]
    assert list(capabilities.redaction_policies) == [1, 2, 3]
