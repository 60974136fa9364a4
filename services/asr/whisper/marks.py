"""Punctuation, of Latin and of Chinese and Japanese script."""

from __future__ import annotations

_IDEOGRAPHIC_COMMA, _IDEOGRAPHIC_STOP = "\u3001", "\u3002"
_WIDE_EXCLAMATION, _WIDE_COMMA, _WIDE_COLON, _WIDE_QUESTION = "\uff01", "\uff0c", "\uff1a", "\uff1f"
_WIDE = (
    _IDEOGRAPHIC_COMMA + _IDEOGRAPHIC_STOP + _WIDE_EXCLAMATION + _WIDE_COMMA + _WIDE_COLON + _WIDE_QUESTION
)

# These two as in faster-whisper's merge_punctuations.
BEFORE = frozenset("\"'\u201c\u00bf([{-")
"""Marks that belong to the word after them."""
AFTER = frozenset("\"'.,!?:\u201d)]}" + _WIDE)
"""Marks that belong to the word before them."""
SENTENCE_END = (".", "?", "!", _IDEOGRAPHIC_STOP, _WIDE_QUESTION, _WIDE_EXCLAMATION)

_AROUND = "".join(BEFORE | AFTER) + ";\u2026"


def plain(text: str) -> str:
    """The word without marks and capitals: by these alone hypotheses do not disagree."""
    return text.strip(_AROUND).casefold()
