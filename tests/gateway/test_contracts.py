"""Replayed audio is silent in a channel up to where its text is final; the others are left alone."""

from __future__ import annotations

import numpy as np
import pytest

from gateway.contracts import Analysis, Asr, Setup
from gateway.plan import ANALYSIS, ASR, ActiveStage
from rivermouth.audio.v1 import audio_pb2
from rivermouth.session.v1 import config_pb2

S = 1_000_000_000


@pytest.mark.parametrize(
    ("until", "left", "right"),
    [
        ({}, 0, 0),
        ({1: 5 * S}, 0, 0),
        ({1: 5 * S + 50_000_000}, 800, 0),
        ({2: 9 * S}, 0, 1600),
        ({1: 9 * S, 2: 5 * S + 1_000_000}, 1600, 16),
        ({0: 9 * S, 3: 9 * S, -1: 9 * S}, 0, 0),
    ],
)
def test_muted_up_to_where_each_channel_is_final(until: dict[int, int], left: int, right: int) -> None:
    speech = audio_pb2.AudioFormat(
        encoding=audio_pb2.AUDIO_ENCODING_LINEAR16, sample_rate_hertz=16_000, channel_count=2
    )
    contract = Asr(ActiveStage(ASR, ()), Setup("s", config_pb2.StreamingConfig(), speech, speech))
    request = contract.audio(np.ones((1600, 2), np.int16).tobytes())
    before = request.SerializeToString()
    muted = contract.muted(until, 5 * S, request)
    frames = np.frombuffer(muted.audio.content, np.int16).reshape(-1, 2)
    assert len(frames) == 1600
    assert [int((frames[:, column] == 0).sum()) for column in (0, 1)] == [left, right]
    assert frames[1600 - (1600 - left) :, 0].all()
    assert request.SerializeToString() == before


def test_the_analysis_service_is_told_of_providers_and_kept_answers() -> None:
    config = config_pb2.StreamingConfig(llm_providers=["ollama", "gemini"], cache_answers=True)
    request = Analysis(ActiveStage(ANALYSIS, ()), Setup("s", config, None, None)).configure(0, 0)
    assert list(request.streaming_config.llm_providers) == ["ollama", "gemini"]
    assert request.streaming_config.cache_answers


def test_a_session_s_label_says_whose_budget_it_is_charged_to() -> None:
    for labels, tenant in ({"tenant": "acme", "team": "blue"}, "acme"), ({"team": "blue"}, ""):
        setup = Setup("s", config_pb2.StreamingConfig(labels=labels), None, None)
        request = Analysis(ActiveStage(ANALYSIS, ()), setup).configure(0, 0)
        assert request.streaming_config.identity.tenant == tenant
