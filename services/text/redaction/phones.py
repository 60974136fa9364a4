"""Phone numbers: digits in a shape that only phone numbers have, or said to be one.

Lengths: up to 15 digits (ITU-T E.164), 7 for a local one. Shapes: E.123 for international and bracketed
notation, the North American plan (three, three, four), and numbers with a trunk prefix 0.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from services.text.redaction.cues import Cue, cue
from services.text.redaction.kinds import Found, Kind
from services.text.redaction.rows import Row, rows
from services.text.redaction.scan import Scan

_LOCAL, _LONGEST = 7, 15
_DATE = re.compile(
    r"(?<![0-9])(?:(?:19|20)[0-9]{2}([-/.])(?:0?[1-9]|1[0-2])\1[0-3]?[0-9]"
    r"|[0-3]?[0-9]([-/.])[0-3]?[0-9]\2(?:19|20)[0-9]{2})(?![0-9])"
)
_YEAR = re.compile("(?:1[0-9]|20)[0-9]{2}")


def phones(scan: Scan) -> Iterator[Found]:
    """Phone numbers, in figures and in words."""
    for row in rows(scan):
        if len(row.digits) < _LOCAL:
            continue
        for part in _numbers(scan, row):
            first = _prefix(scan, part)
            has_plus = first < part.first and scan.words[first] in ("+", "plus")
            digits = part.digits
            if has_plus or digits.startswith("00"):
                digits = "+" + _without_trunk_zero(scan, part).removeprefix("00")
            yield Found(Kind.PHONE, scan.starts[first], scan.ends[part.last - 1], digits)


def _numbers(scan: Scan, row: Row) -> list[Row]:
    """The parts of a row that are phone numbers: its sentences if each of them is one, else as many of them
    together as make one, else what stands between spaces."""
    sentences = row.sentences
    if len(sentences) > 1 and all(_is_phone(scan, part) for part in sentences):
        return sentences
    if _is_said(row) and _is_phone(scan, row):
        return [row]
    found: list[Row] = []
    taken = 0
    for begin, sentence in enumerate(sentences):
        if begin < taken:
            continue
        number, taken = _joined(scan, sentences, begin)
        found += [number] if number else _spaced(scan, sentence)
    return found


def _joined(scan: Scan, sentences: list[Row], begin: int) -> tuple[Row | None, int]:
    """A phone number of whole sentences from one on, and one past its last sentence. Of what is said the
    longest, so that nothing of it is left; of what is written the shortest, which is the number itself."""
    joined = sentences[begin]
    parts = [joined]
    for following in sentences[begin + 1 : begin + _LONGEST]:
        gap = scan.between(joined.last - 1, following.first)
        joined = Row([*joined.groups, *following.groups], [*joined.gaps, gap, *following.gaps])
        if len(joined.digits) > _LONGEST:
            break
        parts.append(joined)
    places = range(len(parts))
    for place in reversed(places) if _is_said(parts[-1]) else places:
        if _is_phone(scan, parts[place]):
            return parts[place], begin + place + 1
    return None, begin + 1


def _spaced(scan: Scan, part: Row) -> list[Row]:
    """With signs inside, spaces part numbers: "555-123-4567 555-123-4568"."""
    is_parting = [gap.isspace() for gap in part.gaps]
    if not any(is_parting):
        return []
    pieces = part.split(is_parting)
    return [piece for piece in pieces if _is_phone(scan, piece)]


def _is_phone(scan: Scan, part: Row) -> bool:
    length = len(part.digits)
    if length < _LOCAL or scan.word(part.first - 1) in ("$", "€", "£", "¥", "#"):
        return False
    is_said = _is_said(part)
    if not is_said and (length > _LONGEST or _is_other_figure(scan, part)):
        return False
    if length <= _LONGEST and _is_international(scan, part):
        return True
    said = cue(scan, part)
    if said is Cue.OTHER:
        return False
    if said is Cue.PHONE:
        return length <= _LONGEST or is_said
    if length > _LONGEST:
        return False
    return _is_dictated(part) if is_said else _has_shape(scan, part)


def _is_said(part: Row) -> bool:
    """Whether it is digit by digit, in words or figures, or in words at all."""
    return any(group.is_spoken for group in part.groups) or all(
        len(group.digits) == 1 for group in part.groups
    )


def _is_dictated(part: Row) -> bool:
    """Whether most is single digits, and no mere counting: "one two three four five six seven"."""
    numbers = [int(group.digits) for group in part.groups]
    steps = {right - left for left, right in pairwise(numbers)}
    singles = sum(
        len(group.digits) for group in part.groups if len(group.digits) == 1 or _is_repeat(group.digits)
    )
    hundreds = sum(len(group.digits) == 3 and group.digits.endswith("00") for group in part.groups)
    return steps not in ({1}, {-1}) and 2 * singles >= len(part.digits) and hundreds < 2


def _is_repeat(digits: str) -> bool:
    return len(set(digits)) == 1


def _is_other_figure(scan: Scan, part: Row) -> bool:
    """Whether it is an amount, a decimal number, a date or years."""
    gaps = part.gaps
    sizes = [len(group.digits) for group in part.groups]
    if "," in gaps:
        return True
    if gaps and all(gap == "." for gap in gaps) and (len(gaps) == 1 or set(sizes[1:]) == {3}):
        return True
    if all(_YEAR.fullmatch(group.digits) for group in part.groups):
        return True
    before = scan.words[part.first - 1] if scan.is_glued(part.first) else ""
    if before in (".", ":") and scan.word(part.first - 2).isdecimal() and scan.is_glued(part.first - 1):
        return True
    if scan.word(part.last) == ":" and scan.is_glued(part.last) and scan.is_glued(part.last + 1):
        return scan.word(part.last + 1).isdecimal()
    return _DATE.search(scan.text[scan.starts[part.first] : scan.ends[part.last - 1]]) is not None


def _is_international(scan: Scan, part: Row) -> bool:
    digits = part.digits
    first = _prefix(scan, part)
    if first < part.first and scan.words[first] in ("+", "plus"):
        return len(digits) >= 8
    return digits.startswith("00") and digits[2] != "0" and len(digits) >= 10 and len(part.groups) > 1


def _has_shape(scan: Scan, part: Row) -> bool:
    digits, gaps = part.digits, part.gaps
    sizes = [len(group.digits) for group in part.groups]
    if sizes[:2] == [1, 3] and digits[0] == "1":
        digits, gaps, sizes = digits[1:], gaps[1:], sizes[1:]
    if sizes == [3, 3, 4] and digits[0] in "23456789":
        return True
    if sizes == [3, 4] and digits[0] in "23456789":
        return gaps[0] == "-"
    if _prefix(scan, part) < part.first and 9 <= len(digits) <= 12:  # a bracket
        return True
    if digits[0] != "0" or digits[1] == "0" or not 9 <= len(digits) <= 12:
        return False
    if len(sizes) == 1:
        return len(digits) in (10, 11)
    return sizes[0] > 1 and (set(sizes) != {2} or len(digits) == 10)


def _prefix(scan: Scan, part: Row) -> int:
    """The token that the number begins with, with its plus and its bracket."""
    first = part.first
    if scan.word(first - 1) == "(" and scan.is_glued(first):
        first -= 1
    has_plus = scan.word(first - 1) == "plus" or (scan.word(first - 1) == "+" and scan.is_glued(first))
    return first - 1 if has_plus else first


def _without_trunk_zero(scan: Scan, part: Row) -> str:
    """The digits without a zero that is dialled at home only: "+44 (0)20"."""
    return "".join(
        group.digits
        for group in part.groups
        if not (group.digits == "0" and scan.word(group.first - 1) == "(" and scan.word(group.last) == ")")
    )
