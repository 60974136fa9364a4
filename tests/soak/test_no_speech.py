"""Five minutes of silence, noises, hum, tones and clicks, with each engine: no final text."""

from __future__ import annotations

from typing import Any

import pytest

from tests.services.asr.conftest import MICRO_WHISPER
from tests.services.asr.conversation import chunks, configure, serving
from tests.services.asr.sounds import SOUNDS, sound

pytestmark = pytest.mark.soak

ENGINES: dict[str, dict[str, Any]] = {
    "whisper": {"engine": "whisper", "whisper": {"model": str(MICRO_WHISPER), "device": "cpu"}},
    "sphinx": {"engine": "sphinx", "sphinx": {"workers": 2}},
}


@pytest.mark.parametrize("kind", SOUNDS)
@pytest.mark.parametrize("engine", ENGINES)
async def test_five_minutes_of_what_is_no_speech_give_no_text(engine: str, kind: str) -> None:
    async with serving(**ENGINES[engine]) as service:
        answers = (await service.converse([configure(), *chunks(sound(kind, 300))])).check()
    print(
        f"{engine}, {kind}: {len(answers.interims)} interims, {len(answers.of('utterance_end'))} utterances"
    )
    assert answers.accepted == 300 * 10**9
    assert answers.of("transcript_complete")[0].text == ""
    assert answers.finals == []
