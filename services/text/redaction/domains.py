"""Names of hosts after the sign "@", written ("example.co.uk") and said ("example dot co dot u k")."""

from typing import NamedTuple

from services.text.redaction.scan import Scan, word_set
from services.text.redaction.spelling import digits_at

TOP_LEVEL = word_set(
    "com org net edu gov mil int info biz io co ai app dev shop online site store tech cloud me tv eu uk "
    "de fr es it nl be at ch ie us ca au nz pl se no dk fi pt in jp cn br mx za ru ua cz sk hu ro bg gr "
    "tr il ae sa eg ke ng gh ma ar cl pe ve kr tw hk sg my id th vn ph pk bd lk ir iq is ee lv lt lu li "
    "mt cy si hr rs ba mk al md by ge am az kz uz name pro mobi email live world agency academy berlin "
    "london swiss bank example test invalid local"
)
PROVIDERS = word_set(
    "gmail googlemail hotmail outlook yahoo icloud aol gmx protonmail proton fastmail live msn zoho"
)
"""Hosts of mail that many name without their end: "anna at gmail"."""
_DOTS = word_set("dot point")
_JOINTS = {"dash": "-", "hyphen": "-", "minus": "-"}
_MOST_LABELS, _MOST_TOKENS = 8, 12  # of a name, of a label
_LONGEST_PHRASE = 3  # words that are said for one label: "my company dot com"
_NOT_IN_NAMES = word_set(
    "the a an is was are and or but so if then that this it he she we they you i at on in of for to from "
    "with work home noon night"
)


class Domain(NamedTuple):
    """A name of a host, and one past its last token."""

    name: str
    last: int


def domain_at(scan: Scan, first: int, is_written: bool) -> Domain | None:
    """The longest name of a host that begins at a token. After a written sign any last label of letters will
    do where nothing parts it from its dot; else it must be one that is known."""
    labels: list[str] = []
    best: Domain | None = None
    index = first
    while len(labels) < _MOST_LABELS:
        label, last, ends = _label(scan, index, phrase=not labels and not is_written)
        if not label:
            break
        if labels:
            known = [(text, end) for text, end in ends if text in TOP_LEVEL]
            if known:
                best = Domain(".".join([*labels, known[-1][0]]), known[-1][1])
            elif is_written and scan.is_glued(index) and label.isalpha() and len(label) > 1:
                best = Domain(".".join([*labels, label]), last)
        elif label in PROVIDERS:
            best = Domain(label, last)
        following = _dot(scan, last)
        if following is None:
            break
        if best is not None and best.last == last and "." in best.name and _is_sentence_end(scan, last):
            break
        labels.append(label)
        index = following
    return best


def dotted(scan: Scan, index: int) -> int | None:
    """One past the dot that begins at a token, said or in brackets; None where there is none."""
    if scan.word(index) in _DOTS:
        return index + 1
    inner = scan.word(index + 1)
    if scan.word(index) in "([{" and scan.word(index) and (inner in _DOTS or inner == "."):
        return index + 3 if scan.word(index + 2) in (")", "]", "}") else None
    return None


def _dot(scan: Scan, index: int) -> int | None:
    return index + 1 if scan.word(index) == "." else dotted(scan, index)


def _is_sentence_end(scan: Scan, index: int) -> bool:
    return scan.word(index) == "." and not scan.is_glued(index + 1)


def _label(scan: Scan, first: int, phrase: bool) -> tuple[str, int, list[tuple[str, int]]]:
    """One label, one past its last token, and all that it could be as well if it ended earlier."""
    label = ""
    index = first
    ends: list[tuple[str, int]] = []
    while index < min(len(scan), first + _MOST_TOKENS):
        word = scan.words[index]
        is_glued = index > first and scan.is_glued(index)
        if word in _DOTS and index > first and not is_glued:
            break
        if word in ("-", "_"):
            if not (is_glued and scan.is_glued(index + 1)):
                break
            label, index = label + word, index + 1
            continue
        if word in _JOINTS and index > first and scan.word(index + 1).isalnum():
            label, index = label + _JOINTS[word], index + 1
            continue
        if not word.replace("'", "").isalnum() or not (
            index == first or is_glued or label[-1:] == "-" or _is_short(scan, index - 1)
            or _is_short(scan, index)
        ):  # fmt: skip
            break
        said = digits_at(scan, index) if word != "o" and (index > first or not phrase) else None
        addition, index = said or (word, index + 1)
        label += addition
        ends.append((label, index))
    if phrase and label and _dot(scan, index) is None and label not in PROVIDERS:
        label, index = _phrase(scan, first)
    return label.strip("-_"), index, ends


def _phrase(scan: Scan, first: int) -> tuple[str, int]:
    """Words that are written as one: "my company" before a dot. Empty where no dot comes."""
    for last in range(first + 2, min(len(scan), first + _LONGEST_PHRASE + 1)):
        words = scan.words[first:last]
        if not all(word.isalnum() for word in words) or words[0] in _NOT_IN_NAMES:
            break
        if dotted(scan, last) is not None:
            return "".join(words), last
    return "", first


def _is_short(scan: Scan, index: int) -> bool:
    """Whether it is said as a part of a name: a letter or digits."""
    return len(scan.words[index]) == 1 or digits_at(scan, index) is not None
