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
    return [_finding(name, settings, prefix) for name in PROVIDERS if name != "scripted"]


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


def _is_installed(package: str) -> bool:
    try:
        return importlib.util.find_spec(package) is not None
    except ModuleNotFoundError:  # not even the package around it
        return False
