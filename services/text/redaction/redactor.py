"""Redaction: personal data replaced in texts, the same value by the same token for a whole session."""

import secrets
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from services.text.redaction.detection import Detection
from services.text.redaction.kinds import Found, Kind
from services.text.redaction.pseudonyms import MOST_VALUES, Numbered, Policy, Pseudonyms


class Replacement(NamedTuple):
    """A value in the characters from `start` to before `end` of the text as it was, which became those from
    `new_start` to before `new_end`. `whole` is how many characters the value has in all texts that it is
    spread over."""

    kind: Kind
    start: int
    end: int
    new_start: int
    new_end: int
    whole: int


class Redacted(NamedTuple):
    """A text without its personal data.

    Attributes:
        text: all but the replacements is as it was, character by character.
        replacements: in order.
        open_from: where the text as it was ends in three digits or more, or in part of an address, that were
            left and that may be the begin of something; None where it does not. They can be known only
            together with what is said next: see `Redactor.redact_parts`.
    """

    text: str
    replacements: tuple[Replacement, ...] = ()
    open_from: int | None = None


class Redactor:
    """Redaction for one session. Redacting twice changes nothing; time grows with the length of the text.

    Not for several threads at once: they would number values in different orders.
    """

    def __init__(
        self,
        policy: Policy = Policy.MASK,
        kinds: Collection[Kind] = tuple(Kind),
        names: Iterable[str] = (),
        key: bytes | None = None,
        most_values: int = MOST_VALUES,
        numbered: Iterable[Numbered] = (),
    ) -> None:
        """`key` makes the tokens of `Policy.HASH`; without one they are this redactor's own. `numbered`: what
        another redactor with this key has told. For errors see `Names` and `Pseudonyms`."""
        self._detection = Detection(kinds, names)
        key = secrets.token_bytes(32) if key is None else key
        self._pseudonyms = Pseudonyms(policy, key, most_values, numbered)

    def numbered(self) -> list[Numbered]:
        """Values that were given a number since this was asked last, in order (`Policy.ENTITY`)."""
        return self._pseudonyms.numbered()

    def redact(self, text: str) -> Redacted:
        """One text."""
        return self.redact_parts([text])[0]

    def redact_words(self, words: Sequence[str]) -> list[str]:
        """The words of a segment, as many as there were, so that their times stay: each that has a part of a
        value in it has the token in place of that part."""
        return [part.text for part in self.redact_parts(words)]

    def redact_parts(self, parts: Sequence[str], may_number: bool = True) -> list[Redacted]:
        """Texts that follow one another, such as the segments of a prompt's context, each by itself. Without
        `may_number`, values that have no number yet are called by their kind alone (`Policy.ENTITY`).

        They are read as one, so that a value that begins in one and ends in another is found; each of its
        parts becomes the token. That can be done only while all of them are at hand: what was sent alone
        before its end was spoken is sent. `Redacted.open_from` says where that is to be feared.
        """
        whole = " ".join(parts)
        found, open_from = self._detection(whole)
        tokens = [self._pseudonyms.of(each.kind, each.value, may_number) for each in found]
        redacted: list[Redacted] = []
        begin = 0
        place = 0
        for part in parts:
            end = begin + len(part)
            while place < len(found) and found[place].end <= begin:
                place += 1
            edit = _Edit(part)
            at = place
            while at < len(found) and found[at].start < end:
                each = found[at]
                edit.replace(each, begin, tokens[at])
                at += 1
            tail = None if open_from is None or end <= open_from else max(open_from - begin, 0)
            redacted.append(edit.done(tail))
            begin = end + 1
        return redacted


class _Edit:
    """A text while its parts are replaced from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._pieces: list[str] = []
        self._at = 0
        self._length = 0
        self._replacements: list[Replacement] = []

    def replace(self, found: Found, begin: int, token: str) -> None:
        """Put a token for what of a value is in this text, which begins at `begin`, spaces at either end
        excepted."""
        start, end = max(found.start - begin, 0), min(found.end - begin, len(self._text))
        part = self._text[start:end]
        start += len(part) - len(part.lstrip())
        end -= len(part) - len(part.rstrip())
        if start >= end:
            return
        self._keep(start)
        new_end = self._length + len(token)
        self._replacements.append(
            Replacement(found.kind, start, end, self._length, new_end, found.end - found.start)
        )
        self._put(token)
        self._at = end

    def done(self, open_from: int | None) -> Redacted:
        self._keep(len(self._text))
        return Redacted("".join(self._pieces), tuple(self._replacements), open_from)

    def _keep(self, end: int) -> None:
        self._put(self._text[self._at : end])

    def _put(self, piece: str) -> None:
        self._pieces.append(piece)
        self._length += len(piece)
