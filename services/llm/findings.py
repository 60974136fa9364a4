"""What `rivermouth doctor` says of the model vendors; nothing is asked of them."""

from __future__ import annotations

import importlib.util
from typing import NamedTuple

from services.llm.settings import PROVIDERS, LlmSettings, ProviderName

_PACKAGES = {"gemini": "google.genai", "claude": "anthropic", "openai": "openai", "ollama": "ollama"}


class ProviderFinding(NamedTuple):
    """One line. `state` is "ok", "off" (not used) or "wrong" (named, and cannot be used)."""

    name: str
    state: str
    found: str
    advice: str = ""


def findings(settings: LlmSettings, prefix: str) -> list[ProviderFinding]:
    """A line for each vendor. `prefix`: of the settings' variables, such as RIVERMOUTH_ANALYSIS__LLM__."""
    return [
        *(_finding(name, settings, prefix) for name in PROVIDERS if name != "scripted"),
        _live(settings, prefix),
    ]


def _finding(name: ProviderName, settings: LlmSettings, prefix: str) -> ProviderFinding:
    line = f"model {name}"
    provider = settings.of(name)
    is_used = name in settings.configured
    if not _is_installed(_PACKAGES[name]):
        return ProviderFinding(
            line, "wrong" if is_used else "off", "its SDK is not installed", "pip install 'rivermouth[llm]'"
        )
    if is_used:
        place = settings.configured.index(name) + 1
        address = f" at {provider.base_url}" if provider.base_url else ""
        return ProviderFinding(line, "ok", f"{provider.model}{address}, number {place} to be asked")
    if name == "ollama":
        return ProviderFinding(line, "off", "not named", f"{prefix}PROVIDERS=ollama uses a local one")
    if provider.is_keyed:
        return ProviderFinding(
            line, "off", "has a key, and providers leaves it out", f"{prefix}PROVIDERS={name}"
        )
    advice = f"set {prefix}{name.upper()}__API_KEY; text then goes to the vendor"
    return ProviderFinding(line, "off", "no key is configured", advice)


def _live(settings: LlmSettings, prefix: str) -> ProviderFinding:
    line, gemini = "model gemini live", settings.gemini
    if not gemini.live_model:
        advice = f"{prefix}GEMINI__LIVE_MODEL names one; sound then goes to it where sessions allow"
        return ProviderFinding(line, "off", "no model is named that describes sound", advice)
    if not _is_installed(_PACKAGES["gemini"]):
        return ProviderFinding(line, "wrong", "its SDK is not installed", "pip install 'rivermouth[llm]'")
    where = gemini.live_base_url or gemini.base_url
    address = f" at {where}" if where else ""
    found = f"{gemini.live_model}{address} describes sound"
    if not settings.configured:
        return ProviderFinding(line, "off", f"{found}, and no model is asked that could use it")
    if where.startswith("http:"):
        advice = f"{prefix}GEMINI__LIVE_BASE_URL: Live is reached by https only"
        return ProviderFinding(line, "wrong", f"{where} cannot be reached by TLS", advice)
    return ProviderFinding(line, "ok", found)


def _is_installed(package: str) -> bool:
    try:
        return importlib.util.find_spec(package) is not None
    except ModuleNotFoundError:  # not even the package around it
        return False
