"""What holds for every text, and for every value in all its spellings."""

import re
import sys
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.text.check_digits import luhn
from services.text.redaction.cards import is_issued
from services.text.redaction.detection import Detection
from services.text.redaction.ibans import is_iban
from services.text.redaction.kinds import Kind
from services.text.redaction.pseudonyms import PSEUDONYM, Policy
from services.text.redaction.redactor import Redactor
from services.text.redaction.scan import word_set

NAMES = ["Anna Berg", "Zoë"]
DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
PIECES = sorted(
    word_set(
        "one two four five oh zero double triple hundred and then uh at dot dash colon point . , - ( ) + "
        "/ : @ [ ] 4111 1111 4111111111111111 415 555 2671 020 7946 0958 0 1 2 00 10 de89 d e gb29 nwbk "
        "3704 0044 0532 0130 192.168.0.1 example com gmail anna berg zoë's a n the my number order call "
        "is card version 00:1b a1 ::1 2026-05-21 $ é \u200b \u0308 \ufffc [card_1] [EMAIL_2] [redacted] "
        "forty eleven ones anna@example.com DE89370400440532013000 +44"
    )
)
texts = st.lists(
    st.tuples(st.sampled_from(PIECES), st.sampled_from(["", " ", " ", " ", ", ", "\n"])), max_size=40
).map(lambda pieces: "".join(piece + gap for piece, gap in pieces)) | st.text(max_size=60)
policies = st.sampled_from(Policy)


def redactor(policy=Policy.ENTITY):
    return Redactor(policy, names=NAMES, key=b"key")


def digits(text):
    return re.sub("[^0-9]", "", text)


@given(texts, policies)
def test_redacting_twice_changes_nothing(text, policy):
    session = redactor(policy)
    once = session.redact(text).text
    assert session.redact(once).text == once
    assert redactor(policy).redact(once).replacements == ()


@given(texts, policies)
def test_all_but_the_replacements_stays_as_it_was(text, policy):
    redacted = redactor(policy).redact(text)
    at = new_at = 0
    for each in redacted.replacements:
        assert text[at : each.start] == redacted.text[new_at : each.new_start]
        assert PSEUDONYM.fullmatch(redacted.text[each.new_start : each.new_end].lower())
        assert at <= each.start < each.end
        at, new_at = each.end, each.new_end
    assert text[at:] == redacted.text[new_at:]


@given(texts)
def test_words_keep_their_number(text):
    words = text.split()
    session = redactor()
    once = session.redact_words(words)
    assert len(once) == len(words)
    assert session.redact_words(once) == once


@st.composite
def cards(draw):
    begin, length = draw(
        st.sampled_from([("4", 16), ("51", 16), ("2221", 16), ("34", 15), ("36", 14), ("62", 19)])
    )
    free = draw(st.text("0123456789", min_size=length - len(begin) - 1, max_size=length - len(begin) - 1))
    return next(begin + free + last for last in "0123456789" if luhn(begin + free + last))


@st.composite
def ibans(draw):
    country, length = draw(st.sampled_from([("DE", 22), ("NO", 15), ("GB", 22), ("FR", 27), ("MT", 31)]))
    alphabet = "0123456789" if country in ("DE", "NO") else "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    account = draw(st.text(alphabet, min_size=length - 4, max_size=length - 4))
    return next(iban for check in range(2, 99) if is_iban(iban := f"{country}{check:02}{account}"))


@st.composite
def grouped(draw, value, signs=(" ", "-", ".", "")):
    """In groups of four, or of any size."""
    sign = draw(st.sampled_from(signs))
    sizes = draw(st.just([4] * 10) | st.lists(st.integers(2, 6), min_size=20, max_size=20))
    groups = []
    for size in sizes:
        groups.append(value[:size])
        value = value[size:]
    return sign.join(filter(None, groups))


@st.composite
def said(draw, value):
    """Character by character, some doubled or tripled, with a pause here and there."""
    words = []
    at = 0
    while at < len(value):
        run = len(value) - at - len(value[at:].lstrip(value[at]))
        times = draw(st.integers(1, min(run, 3))) if value[at].isdecimal() else 1
        word = DIGITS[int(value[at])] if value[at].isdecimal() else value[at].lower()
        word = draw(st.sampled_from(["zero", "oh"])) if word == "zero" else word
        words.append({1: word, 2: f"double {word}", 3: f"triple {word}"}[times])
        at += times
    gaps = [draw(st.sampled_from([" ", " ", " ", ", ", " uh "])) for _ in words]
    return "".join(word + gap for word, gap in zip(words, gaps, strict=True)).rstrip(", ").removesuffix(" uh")


def check(kind, value, spelling, before, after):
    """All of the spelling is found, as the value, and nothing of it is left."""
    text = f"{before}{spelling}{after}"
    found = Detection([kind])(text).found
    # "o" is a letter or zero, and in one of a hundred accounts both are right.
    values = [each.value.replace("O", "0") for each in found]
    assert values == [value.replace("O", "0")]
    assert [text[each.start : each.end] for each in found] == [spelling]
    assert redactor(Policy.MASK).redact(text).text == f"{before}[redacted]{after}"


@given(cards(), st.data())
def test_a_card_is_found_however_it_is_spelled(card, data):
    assert is_issued(card)
    for spelling in (data.draw(grouped(card)), data.draw(said(card))):
        check(Kind.CARD, card, spelling, "so take ", " for that")


@given(ibans(), st.data())
def test_an_iban_is_found_however_it_is_spelled(iban, data):
    written = data.draw(grouped(iban, (" ", "-", "")))
    for spelling in (written, written.lower(), data.draw(said(iban))):
        check(Kind.IBAN, iban, spelling, "so take ", ", please")


@given(st.ip_addresses(v=4), st.ip_addresses(v=6))
def test_a_network_address_is_found_in_figures_and_in_words(short, long):
    check(Kind.NETWORK, str(short), str(short), "ping ", ".")
    spoken = " dot ".join(" ".join(DIGITS[int(digit)] for digit in field) for field in str(short).split("."))
    check(Kind.NETWORK, str(short), spoken, "ping ", " now")
    for spelling in (long.exploded, long.exploded.upper()):
        check(Kind.NETWORK, str(long), spelling, "ping ", " now")


local_names = st.from_regex("[b-z][a-z]{4,9}([._-][b-z][a-z]{3,7}){0,2}", fullmatch=True)


@given(
    local_names,
    st.from_regex("[b-z][a-z]{4,9}(-[b-z][a-z]{4,7})?", fullmatch=True),
    st.sampled_from(["com", "co.uk"]),
)
def test_an_address_is_found_written_and_said(name, host, end):
    address = f"{name}@{host}.{end}"
    words = {".": " dot ", "_": " underscore ", "-": " dash ", "@": " at "}
    spoken = "".join(words.get(character, character) for character in address)
    for spelling in (address, address.upper(), spoken, address.replace("@", " (at) ")):
        check(Kind.EMAIL, address, spelling, "it is ", ", thanks")


CALL = (
    "hi this is Anna Berg and zoë. my card is four one one one, one one one one one one one one one one "
    "one one . you can call me on plus four six eight one two three four five six seven eight okay? "
    "write to anna dot berg at example dot com or anna.berg@example.com . the account is DE89 3704 0044 "
    "0532 0130 00 and the host is ten dot zero dot zero dot one . again the card is 4111 1111 1111 1111 "
    "."
)


@given(st.sets(st.integers(1, len(CALL.split()) - 1)))
def test_any_parting_into_segments_gives_the_same_tokens(borders):
    words = CALL.split()
    edges = [0, *sorted(borders), len(words)]
    parts = [" ".join(words[begin:end]) for begin, end in pairwise(edges)]
    joined = " ".join(part.text for part in redactor().redact_parts(parts))
    # The parts of one value become its token each.
    assert re.sub(r"(\[\w+\])(?:,? \1)+", r"\1", joined) == redactor().redact(CALL).text


@given(st.sets(st.integers(1, 5)))
def test_a_session_names_a_value_the_same_in_every_segment(borders):
    sentences = [
        "Mail b@x.org now.",
        "It is 4111 1111 1111 1111 okay.",
        "Write to a@x.org.",
        "So b at x dot org it is.",
        "Ask zoe.",
        "Then zoë and four one one one one one one one one one one one one one one one.",
    ]
    edges = [0, *sorted(borders), len(sentences)]
    session = redactor()
    texts = [" ".join(sentences[begin:end]) for begin, end in pairwise(edges) if begin < end]
    assert (
        " ".join(session.redact(text).text for text in texts) == redactor().redact(" ".join(sentences)).text
    )


def calls(text):
    """Function calls that redacting a text takes."""
    count = 0

    def profile(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    session = redactor()
    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        session.redact(text)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize(
    "unit",
    [CALL, "one ", "4 ", "4111111111111111 ", "5551234567, ", "call 5551234567 5551234568 ",
     "a@a.", "at dot ", "d e 8 9 ", "1:", "double ", "one dot two ", "a ", "x", "anna ", "at a dot com ",
     "( [ at ] ("],
)  # fmt: skip
def test_time_grows_with_the_length_of_the_text(unit):
    short = unit * (3_000 // len(unit))
    assert calls(short * 4) <= 4.4 * calls(short) + 100


def test_a_hundred_thousand_words():
    text = f"{CALL} " * (100_000 // len(CALL.split()) + 1)
    redacted = redactor().redact(text)
    assert len(redacted.replacements) == 9 * (100_000 // len(CALL.split()) + 1)
    assert digits(PSEUDONYM.sub("", redacted.text.lower())) == ""
