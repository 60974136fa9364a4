"""E-mail addresses (RFC 5321, 4.1.2), written ("anna@example.com") and said ("anna at example dot com")."""

from collections.abc import Iterator
from typing import NamedTuple

from services.text.redaction.domains import domain_at, dotted
from services.text.redaction.kinds import Found, Kind
from services.text.redaction.scan import Scan, word_set
from services.text.redaction.spelling import NUMBER_WORDS, UNITS, digits_at

_SIGNS = frozenset("._%+-'!#$&*/=?^`{|}~")
_JOINTS = {
    "dot": ".", "point": ".", "underscore": "_", "dash": "-", "hyphen": "-", "minus": "-", "plus": "+",
}  # fmt: skip
_LONGEST = 40  # tokens of a name
_LONGEST_FIGURE = 5  # what has no letter and is no longer is a time or a price
_MOST_NAMES = 3  # words without a joint: "anna maria berg"

_OUTSIDE = word_set(
    "i you he she it we they me him her us them who is was are am be been being and or but so if then "
    "that this these those the a an my your his our their its to of on in for from with by as at via not "
    "no yes look looks looking find found meet met see visit shop buy work works worked working live "
    "lives stay stays read more available hosted up down out over here there now today home one page site "
    "website online store everything something anything people office team store order sign log login "
    "register check go come starts starting arrive arrived born based listed posted published seen sold "
    "reach write mail email e-mail send contact message address ask tell use try copy cc under just also "
    "please okay ok um uh mailto colleague colleagues company person guy point it's that's he's she's i'm "
    "you're they're we're"
)
"""Words that stand before "at" and are no name of a mailbox."""
_NEVER_SPELLED = _OUTSIDE - {"one", "a", "i"}
_BEGUN = 30  # tokens
_TELLING = word_set("at @ dot point underscore dash hyphen")
_ANNOUNCED = word_set("mail email e-mail address")
_RESTS = (" dot com", " mail dot com", "mail.com", " at mail dot com")
_ARTICLES = word_set("the a an our their")
_CUES = word_set("email mail address is it's that's to under at be")


class _At(NamedTuple):
    """The sign between name and host: its first token, and one past its last."""

    first: int
    last: int
    is_written: bool


def emails(scan: Scan) -> Iterator[Found]:
    """E-mail addresses, in order."""
    if "@" not in scan.known and "at" not in scan.known:
        return
    taken = 0
    for index, word in enumerate(scan.words):
        if (word != "at" and word != "@") or index <= taken or index + 1 >= len(scan):
            continue
        at = _sign(scan, index)
        host = domain_at(scan, at.last, at.is_written)
        if host is None:
            continue
        first = _begin(scan, at, taken)
        if first is not None:
            name = _written(scan, first, at.first)
            if not (any(map(str.isalpha, name)) or len(name) > _LONGEST_FIGURE or scan.is_glued(at.first)):
                continue  # "at 10.30 at example.com"
            yield Found(Kind.EMAIL, scan.starts[first], scan.ends[host.last - 1], f"{name}@{host.name}")
            taken = host.last


def begun(scan: Scan) -> int | None:
    """The first character of an address that a text breaks off in: "write to anna dot berg at exam". None
    where it does not, as far as a joint or a figure in the name shows it, or a word that announces it."""
    tail = scan.words[-_BEGUN:]
    if not tail or _TELLING.isdisjoint(tail):
        return None
    start = scan.starts[len(scan) - len(tail)]
    text = scan.text[start:].rstrip(" .,;:!?")
    for rest in _RESTS:
        for each in emails(Scan(text + rest)):
            if each.start < len(text) < each.end:
                name = each.value.partition("@")[0]
                if not name.isalpha() or not _ANNOUNCED.isdisjoint(tail):
                    return start + each.start
    return None


def _sign(scan: Scan, index: int) -> _At:
    first, last = index, index + 1
    if scan.words[index] == "at":
        if scan.word(last) in ("sign", "symbol"):
            last += 1
        elif scan.word(last) == "the" and scan.word(last + 1) == "rate":
            last += 2 + (scan.word(last + 2) == "of")
    if scan.word(first - 1) in ("[", "(", "{") and scan.word(last) in ("]", ")", "}"):
        first, last = first - 1, last + 1
    return _At(first, last, scan.words[index] == "@")


def _begin(scan: Scan, at: _At, border: int) -> int | None:
    """The first token of the name before the sign; None where that is no name."""
    first = at.first - 1
    border = max(border, at.first - _LONGEST)
    if first < border:
        return None
    is_exact = at.is_written and scan.is_glued(at.first)
    word = scan.words[first]
    if is_exact and word in _SIGNS and first > border and scan.is_glued(first):
        first -= 1
        word = scan.words[first]
    if not _is_name(word) or not (is_exact or _may_end(scan, first, border)):
        return None
    first = _back(scan, first, border)
    if not is_exact and scan.word(first - 1) in _ARTICLES and first == at.first - 1:
        return None
    return _whole_name(scan, first, border)


def _may_end(scan: Scan, last: int, border: int) -> bool:
    """Whether a name may end with a token: "look" at a page is none, but "anna plus look" is, and so is "a"
    with letters before it."""
    if scan.words[last] not in _OUTSIDE or (scan.is_glued(last) and scan.words[last - 1] in _SIGNS):
        return True
    if last <= border:
        return False
    is_spelled = (
        len(scan.words[last]) == 1 and len(scan.words[last - 1]) == 1 and scan.words[last - 1].isalpha()
    )
    return is_spelled or _joint(scan, last, border) is not None


def _back(scan: Scan, first: int, border: int) -> int:
    """The first token of what is joined, up to a token: by nothing between, a joint, or by being spelled."""
    while first > border:
        before = scan.words[first - 1]
        if scan.is_glued(first) and _is_name(before):
            first -= 1
        elif (
            scan.is_glued(first)
            and before in _SIGNS
            and first - 1 > border
            and scan.is_glued(first - 1)
            and _is_name(scan.words[first - 2])
        ):
            first -= 2
        elif (joint := _joint(scan, first, border)) is not None:
            first = joint
        elif _is_short(scan, first) and _is_name(before) and before not in _NEVER_SPELLED:
            first -= 1
            if before in ("a", "i") and not (first > border and _is_short(scan, first - 1)):
                break
        else:
            break
    return first


def _joint(scan: Scan, first: int, border: int) -> int | None:
    """The token before the joint that stands before a token."""
    before = scan.words[first - 1]
    start = first - 1
    if before not in _JOINTS:
        start = first - 3
        if before not in (")", "]", "}") or start < 0 or dotted(scan, start) != first:
            return None
    if start - 1 < border or not _is_name(scan.words[start - 1]) or scan.words[start - 1] in _OUTSIDE:
        return None
    return start - 1


def _whole_name(scan: Scan, first: int, border: int) -> int:
    """With the words before it, where only a name stands between them and what announces an address."""
    if scan.words[first] in NUMBER_WORDS:
        return first
    for begin in range(first, max(border, first - _MOST_NAMES) - 1, -1):
        word = scan.words[begin]
        if begin < first and (word in _OUTSIDE or not word.isalpha() or word in _JOINTS):
            break
        if begin == 0 or scan.words[begin - 1] in _CUES:
            return begin
    return first


def _written(scan: Scan, first: int, last: int) -> str:
    """The name as it is written."""
    name = ""
    index = first
    while index < last:
        word = scan.words[index]
        said = digits_at(scan, index) if word in NUMBER_WORDS and word != "o" else None
        if said is not None and said.last <= last:
            addition, index = said
        elif dotted(scan, index) is not None and word not in _JOINTS:
            addition, index = ".", index + 3
        else:
            addition, index = _JOINTS.get(word, word) if first < index < last - 1 else word, index + 1
        name += addition
    return name


def _is_name(word: str) -> bool:
    return word.replace("'", "").isalnum()


def _is_short(scan: Scan, index: int) -> bool:
    word = scan.words[index]
    return len(word) == 1 or word.isdecimal() or word in UNITS or word in NUMBER_WORDS
