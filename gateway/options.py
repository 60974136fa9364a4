"""What a client may set of each built-in analyser: its options, and when it gives a result. Pure.

The services check all of it themselves, but then one can only refuse its stream, and with it every analyser
that it runs. Tests hold these tables against the services.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

_LONGEST_TURN_GAP = 3600


@dataclass(frozen=True, slots=True)
class Option:
    """A value that a client may give, as text."""

    about: str
    allowed: str
    takes: Callable[[str], bool]
    default: str = ""
    """Empty: none, or the deployment's own."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What may be set of one analyser."""

    options: Mapping[str, Option] = field(default_factory=dict)
    triggers: tuple[str, ...] = ()
    """Names in the contract, the default first; empty where a trigger says nothing."""

    def wrong(self, key: str, value: str) -> str | None:
        """What is wrong with an option, None if nothing is."""
        option = self.options.get(key)
        if option is None:
            there = ", ".join(self.options) or "none"
            return f"there is no such option; there are {there}"
        return None if option.takes(value) else f"is {value[:40]!r}; {option.allowed}"


def _whole(default: int, least: int, most: int, about: str) -> Option:
    def takes(value: str) -> bool:
        return value.isdecimal() and least <= int(value[:10]) <= most

    return Option(about, f"a whole number from {least} to {most}", takes, str(default))


def _is_turn_gap(value: str) -> bool:
    try:
        return 0 < float(value) <= _LONGEST_TURN_GAP  # also false for NaN
    except ValueError:
        return False


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


_TURN_GAP = Option(
    "seconds of silence that end a turn", f"above 0 and at most {_LONGEST_TURN_GAP} seconds", _is_turn_gap
)
_HELD_ON = Option("the day of the conversation, by which weekdays get a date", "YYYY-MM-DD", _is_date)
_LLM_EVERY = _whole(0, 0, 1000, "a model is asked every so many segments, too; 0: never before the end")
_EVERY = _whole(5, 1, 1000, "segments from one summary of the session so far to the next")

_OF_SESSION = ("SESSION",)
_OF_ANYTHING = ("SESSION", "SEGMENT", "TURN")
_WITH_MODEL = {"llm_every": _LLM_EVERY}
_USUAL = Offer(_WITH_MODEL, _OF_ANYTHING)

OFFERS: dict[str, Offer] = {
    "audio_quality": Offer(),
    "semantics": Offer({"held_on": _HELD_ON, "turn_gap": _TURN_GAP}),
    "quantitative_metrics": _USUAL,
    "enhanced_metrics": Offer(triggers=_OF_ANYTHING),
    "credibility": _USUAL,
    "argument": _USUAL,
    "manipulation": _USUAL,
    "speaker_attitude": _USUAL,
    "psychological": _USUAL,
    "conversation_flow": Offer(_WITH_MODEL, _OF_SESSION),
    "enhanced_understanding": Offer(_WITH_MODEL, ("SESSION", "TURN")),
    "speaker_intent": _USUAL,
    "emotion": _USUAL,
    "text_audio_features": _USUAL,
    "session_insights": Offer(_WITH_MODEL, _OF_SESSION),
    "summary": Offer({"every": _EVERY}, _OF_SESSION),
    "workflow": Offer(
        {
            "batch_segments": _whole(5, 1, 32, "segments that a batch of work waits for"),
            "batch_seconds": _whole(30, 1, 3600, "seconds after which a batch waits for no more segments"),
        },
        ("SEGMENT",),
    ),
}
"""By name. An analyser of the deployment's own is not here: it takes what it likes."""
