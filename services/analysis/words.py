"""What counts as a word."""

import re

_WORD = re.compile(r"\w(?:\S*\w)?")


def words_of(text: str) -> list[str]:
    """The words of a text in lower case: what stands between white space, without punctuation around it.

    "It's 3.50, well-known - really!" has four; a dash alone is none.
    """
    return _WORD.findall(text.lower())
