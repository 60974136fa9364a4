"""The demo asks no vendor, whatever is configured, unless the emulator stands in for them."""

from __future__ import annotations

import pytest

from deploy.local import demo
from services.analysis.settings import AnalysisSettings
from services.runtime.process import read


def test_keys_of_the_environment_are_not_used() -> None:
    environment = {
        "RIVERMOUTH_ANALYSIS__LLM__GEMINI__API_KEY": "s3cret",
        "RIVERMOUTH_ANALYSIS__LLM__PROVIDERS": "gemini",
        "RIVERMOUTH_ASR__ENGINE": "sphinx",
    }
    demo.forget_models(environment)
    assert environment == {"RIVERMOUTH_ASR__ENGINE": "sphinx"}


async def test_the_emulator_stands_in_where_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async with demo.models(emulated=False) as none, demo.models(emulated=True) as emulated:
        for name, value in emulated.items():
            monkeypatch.setenv(name, value)
        settings = read("analysis", AnalysisSettings).llm
    assert none == {}
    assert settings.configured == ("gemini",)
    assert settings.gemini.base_url.startswith("http://127.0.0.1:")
