"""What is found, by detector, where the labelled list does not say it."""

import pytest

from services.text.check_digits import luhn
from services.text.redaction.cards import is_issued
from services.text.redaction.detection import Detection
from services.text.redaction.ibans import is_iban
from services.text.redaction.kinds import Kind

WIDE = {ord("0") + digit: 0xFF10 + digit for digit in range(10)}  # full width
ALL = Detection(tuple(Kind), ["Anna Berg", "Zoë", "Müller"])


def values(text):
    return [(each.kind.value, each.value) for each in ALL(text).found]


@pytest.mark.parametrize(
    "spelling",
    [
        "4111111111111111",
        "4111-1111 1111.1111",
        "four one one one one one one one one one one one one one one one",
        "forty-one eleven triple one triple one triple one triple one",
        "four six ones nine ones",
        "4111 1111 1111 1111".translate(WIDE),
        "٤١١١١١١١١١١١١١١١",
        "4111\u200b1111\u200b1111\u200b1111",
        "4111\u00a01111\u20091111\u202f1111",
        "4111\u20131111\u20141111\u22121111",
        "4111, 1111. 1111, um, one one one one",
    ],
)
def test_all_spellings_of_a_card_are_one_value(spelling):
    assert values(f"here: {spelling} okay") == [("card", "4111111111111111")]


@pytest.mark.parametrize(
    ("spelling", "value"),
    [
        ("anna at example dot com", "anna@example.com"),
        ("ANNA@EXAMPLE.COM", "anna@example.com"),
        ("anna [at] example [dot] com", "anna@example.com"),
        ("anna at the rate example dot com", "anna@example.com"),
        ("anna at sign example dot com", "anna@example.com"),
        ("a-n-n-a at example.com", "a-n-n-a@example.com"),
        ("a n n a four two at example dot c o m", "anna42@example.com"),
        ("anna dot berg at my company dot co dot uk", "anna.berg@mycompany.co.uk"),
        ("an\u00adna@exam\u200bple.com", "anna@example.com"),
        ("jo\u0308rg@example.com", "jörg@example.com"),
    ],
)
def test_all_spellings_of_an_address_are_one_value(spelling, value):
    assert values(f"it is {spelling} okay") == [("email", value)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("0044 20 7946 0958", "+442079460958"),
        ("plus four four two oh seven nine four six oh nine five eight", "+442079460958"),
        ("my number's 4155552671", "4155552671"),
        ("you get me on 4155552671", "4155552671"),
        ("4155552671 is my cell phone", "4155552671"),
    ],
)
def test_phone_numbers_have_one_form(text, value):
    assert values(text) == [("phone", value)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("call 415-555-2671, 415-555-2672", ["4155552671", "4155552672"]),
        ("call 415-555-2671 415-555-2672", ["4155552671", "4155552672"]),
        ("call 415-555-2671, 12", ["4155552671"]),
        ("five five five. One two three. Four five six seven.", ["5551234567"]),
        ("call " + "four one five five five five two six seven one " * 2, ["41555526714155552671"]),
    ],
)
def test_numbers_in_a_row_are_parted_where_they_can_be(text, found):
    assert [value for _, value in values(text)] == found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2001:0DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("two zero zero one colon d b eight double colon one", "2001:db8::1"),
        ("192.168.001.001", "192.168.1.1"),
        ("one hundred and ninety two dot one sixty eight dot one dot one", "192.168.1.1"),
        ("AA-BB-CC-DD-EE-0F", "aabbccddee0f"),
        ("a a colon b b colon c c colon d d colon e e colon zero f", "aabbccddee0f"),
    ],
)
def test_network_addresses_have_one_form(text, value):
    assert values(text) == [("network", value)]


@pytest.mark.parametrize("text", ["Zoë", "zoe", "ZOE", "z-o-e", "zulu oscar echo", "Zoe\u0308", "zoë's"])
def test_a_name_is_found_without_its_accent_and_spelled(text):
    assert values(f"and {text} came") == [("name", "zoe")]


def test_an_umlaut_may_be_written_as_two_letters():
    assert values("Herr Mueller, Muller, Müller") == [("name", "muller")] * 3


def test_spans_are_those_of_the_text_as_it_was():
    card = "4111\u200b111111111111".translate(WIDE)
    text = f"\u200bÄ: {card}, Zoe\u0308!"
    assert [text[each.start : each.end] for each in ALL(text).found] == [card, "Zoe\u0308"]


@pytest.mark.parametrize(
    ("digits", "issued"),
    [("4111111111111111", True), ("378282246310005", True), ("490154203237518", False)],
)
def test_a_card_has_an_issuer(digits, issued):
    assert luhn(digits)
    assert is_issued(digits) is issued
    assert bool(values(f"there is {digits}")) is issued


def test_a_card_of_no_known_issuer_must_be_said_to_be_one():
    assert values("my card is 9999 9999 9999 9995") == [("card", "9999999999999995")]
    assert values("there is 9999 9999 9999 9995") == []


@pytest.mark.parametrize("iban", ["DE89370400440532013000", "de89370400440532013000", "NO9386011117947"])
def test_an_iban_checks(iban):
    assert is_iban(iban)
    assert not is_iban(iban[:-1] + str((int(iban[-1]) + 1) % 10))
    assert not is_iban(iban[:-1])


@pytest.mark.parametrize(
    "text",
    [
        "FR8401111111AAAAAAAAAAAAAHA",
        "FR 84 01 11 11 11 AA AA AA AA AA AA AH A",  # a pause in speech
        "f r eight four oh one, ah, triple one triple one a a a a a a a a a a a a a h a",
    ],
)
def test_a_group_of_an_account_may_read_as_a_pause(text):
    assert values(text) == [("iban", "FR8401111111AAAAAAAAAAAAAHA")]


def test_a_group_of_an_account_may_read_as_a_letter_or_a_number():
    iban = next(each for check in range(2, 99) if is_iban(each := f"GB{check:02}GOLFNINEZULU567890"))
    assert values(" ".join(iban[at : at + 4] for at in range(0, len(iban), 4))) == [("iban", iban)]


def test_only_the_kinds_that_are_asked_for_are_found():
    text = "anna@example.com or 4111 1111 1111 1111"
    assert [each.kind for each in Detection([Kind.CARD])(text).found] == [Kind.CARD]
    assert Detection([])(text).found == ()


@pytest.mark.parametrize("name", ["", "  ", "...", "x" * 101, "\ufffc"])
def test_what_is_no_name_is_refused(name):
    with pytest.raises(ValueError, match="no name"):
        Detection([Kind.NAME], [name])


def test_a_list_of_names_is_bounded():
    with pytest.raises(ValueError, match="10001 names"):
        Detection([Kind.NAME], [f"n{number}" for number in range(10_001)])


@pytest.mark.parametrize(
    "text", ["", " ", "...", "\ufffc\ufffc", "\u200b", "\ud800 x", "שלום 12", "你好。再见"]
)
def test_nothing_is_found_where_nothing_is(text):
    assert values(text) == []
