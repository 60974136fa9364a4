"""All detectors over one text. What one has found is hidden from the others."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple

from services.text.redaction.cards import cards
from services.text.redaction.emails import begun, emails
from services.text.redaction.folding import fold
from services.text.redaction.ibans import ibans
from services.text.redaction.kinds import Found, Kind
from services.text.redaction.names import Names
from services.text.redaction.networks import networks
from services.text.redaction.phones import phones
from services.text.redaction.pseudonyms import PSEUDONYM
from services.text.redaction.rows import links, rows
from services.text.redaction.scan import Scan

_OPEN_DIGITS = 3


class Detected(NamedTuple):
    """What stands in a text, in order, nothing over another; and the first character of digits or of part of
    an address that it breaks off in; None where it does not."""

    found: tuple[Found, ...]
    open_from: int | None


class Detection:
    """What of some kinds stands in a text.

    The detectors whose finds have a check or a sign of their own come first; phone numbers, which are told by
    what stands around them, last. They are run until none finds more: hiding one number can show that the
    digits beside it are another. So what is left has nothing in it that they know. Pseudonyms are not looked
    at.
    """

    def __init__(self, kinds: Collection[Kind], names: Iterable[str] = ()) -> None:
        detectors: dict[Kind, Callable[[Scan], Iterator[Found]]] = {
            Kind.EMAIL: emails,
            Kind.IBAN: ibans,
            Kind.NETWORK: networks,
            Kind.CARD: cards,
            Kind.NAME: Names(names),
            Kind.PHONE: phones,
        }
        self._has_addresses = Kind.EMAIL in kinds
        self._detectors = [detector for kind, detector in detectors.items() if kind in kinds]

    def __call__(self, text: str) -> Detected:
        """Look at a text."""
        folded = fold(text)
        scan = Scan(folded.text)
        if "[" in scan.known:
            scan = scan.without(match.span() for match in PSEUDONYM.finditer(folded.text))
        found: list[Found] = []
        is_found = True
        while is_found:
            is_found = False
            for detector in self._detectors:
                claims = _apart(detector(scan))
                if claims:
                    is_found = True
                    found += claims
                    scan = scan.without((claim.start, claim.end) for claim in claims)
        spans = [folded.span(each.start, each.end) for each in found]
        placed = sorted(
            (each._replace(start=start, end=end) for each, (start, end) in zip(found, spans, strict=True)),
            key=lambda each: each.start,
        )
        first = self._open(scan)
        return Detected(tuple(placed), None if first is None else folded.span(first, first + 1)[0])

    def _open(self, scan: Scan) -> int | None:
        opens = [_last_digits(scan), begun(scan) if self._has_addresses else None]
        return min((each for each in opens if each is not None), default=None)


def _apart(found: Iterable[Found]) -> list[Found]:
    """In order of place; of two that overlap the one that was found first."""
    claims: list[Found] = []
    for each in sorted(found, key=lambda each: each.start):
        if not claims or each.start >= claims[-1].end:
            claims.append(each)
    return claims


def _last_digits(scan: Scan) -> int | None:
    """The first character of the digits at the end, which the next text may go on with."""
    if not rows(scan):
        return None
    row = rows(scan)[-1]
    is_last = len(row.digits) >= _OPEN_DIGITS and links(scan.words[row.last :])
    return scan.starts[row.first] if is_last else None
