"""Languages by their BCP-47 tags: what a caller may ask for, and what a channel is found to speak."""

from __future__ import annotations

from collections.abc import Sequence

AUTO = "auto"
"""Instead of a tag: find out."""
_MOST_LISTED = 30


def primary(tag: str) -> str:
    """The language of a tag, without its region and script: "en" of "en-US"."""
    return tag.replace("_", "-").split("-")[0].lower()


def is_known(tag: str, languages: Sequence[str]) -> bool:
    """Whether a recogniser of these languages (primary tags) takes the tag; it takes none, and "auto"."""
    return tag in ("", AUTO) or primary(tag) in languages


def language_violation(engine: str, model: str, languages: Sequence[str]) -> str:
    """Why a tag is refused."""
    if len(languages) == 1:
        return (
            f'must be {languages[0]}, "auto" or empty: the engine {engine} ({model}) knows no other language'
        )
    shown = ", ".join(sorted(languages)[:_MOST_LISTED])
    more = ", …" if len(languages) > _MOST_LISTED else ""
    return f'must be "auto", empty or one of the {len(languages)} languages of {engine}: {shown}{more}'


class ChannelLanguage:
    """The language of one channel: as configured, or as it was found out last.

    Attributes:
        tag: BCP-47; empty while it is not known.
    """

    def __init__(self, tag: str) -> None:
        self.tag = tag

    def hear(self, language: str) -> bool:
        """Take what an engine detected, a primary tag; returns whether that is news."""
        if not language or primary(language) == primary(self.tag):
            return False
        self.tag = language
        return True
