"""What a user may ask of redaction, and what is wrong with it."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from services.text.redaction.folding import fold
from services.text.redaction.kinds import Kind
from services.text.redaction.names import LONGEST_NAME, MOST_NAMES
from services.text.redaction.scan import HIDDEN

KINDS = tuple(map(str, Kind))
_MOST_NAMED = 20


class Wrong(NamedTuple):
    """A field, such as "names[3]", and what is wrong with it. No name is quoted: this may come into a log."""

    field: str
    what: str


def find_wrong(kinds: Sequence[str], names: Sequence[str]) -> Iterator[Wrong]:
    """What is wrong with kinds and names: of too many wrong names the first ones."""
    for index, kind in enumerate(kinds[:_MOST_NAMED]):
        if kind not in KINDS:
            yield Wrong(f"kinds[{index}]", f"{kind[:40]!r} is none of {', '.join(KINDS)}")
        elif kind in kinds[:index]:
            yield Wrong(f"kinds[{index}]", f"{kind} is named twice")
    if len(kinds) > _MOST_NAMED:
        yield Wrong("kinds", f"has {len(kinds)} entries; there are {len(KINDS)} kinds")
    if kinds and names and Kind.NAME not in kinds:
        yield Wrong("names", f"are given, and kinds has no {Kind.NAME!s}")
    if len(names) > MOST_NAMES:
        yield Wrong("names", f"has {len(names)} entries, at most {MOST_NAMES}")
        return
    wrong = (
        Wrong(
            f"names[{index}]", f"is no name to look for: 1 to {LONGEST_NAME} characters, a letter or a digit"
        )
        for index, name in enumerate(names)
        if not is_name(name)
    )
    yield from islice(wrong, _MOST_NAMED)
    if more := sum(1 for _ in wrong):
        yield Wrong("names", f"{more} more things are wrong with its entries")


def is_name(name: str) -> bool:
    """Whether a name can be looked for."""
    return 0 < len(name) <= LONGEST_NAME and HIDDEN not in name and any(map(str.isalnum, fold(name).text))
