"""Replacing by policy, with one map for a session."""

import pytest

from services.text.redaction.kinds import Kind
from services.text.redaction.pseudonyms import PSEUDONYM, Policy, Pseudonyms
from services.text.redaction.redactor import Redactor, Replacement

CARD = "4111 1111 1111 1111"


def test_the_mask_says_nothing():
    redacted = Redactor(Policy.MASK).redact(f"a@x.org paid with {CARD}.")
    assert redacted.text == "[redacted] paid with [redacted]."
    assert redacted.replacements == (
        Replacement(Kind.EMAIL, 0, 7, 0, 10, 7),
        Replacement(Kind.CARD, 18, 37, 21, 31, 19),
    )


def test_entities_are_numbered_by_value_and_kind_in_order_of_place():
    redactor = Redactor(Policy.ENTITY)
    assert redactor.redact(f"{CARD}, b@x.org, a@x.org").text == "[CARD_1], [EMAIL_1], [EMAIL_2]"
    assert redactor.redact("b at x dot org, c@x.org").text == "[EMAIL_1], [EMAIL_3]"


def test_a_hash_is_the_same_under_one_key_and_another_under_another():
    one, same, other = (Redactor(Policy.HASH, key=key).redact(CARD).text for key in (b"1", b"1", b"2"))
    assert one == same != other
    assert PSEUDONYM.fullmatch(one)
    assert not any(map(str.isdigit, one))
    assert Redactor(Policy.HASH).redact(CARD).text != Redactor(Policy.HASH).redact(CARD).text


def test_the_same_characters_of_two_kinds_have_two_hashes():
    pseudonyms = Pseudonyms(Policy.HASH, b"k")
    assert pseudonyms.of(Kind.NAME, "x").partition(":")[2] != pseudonyms.of(Kind.EMAIL, "x").partition(":")[2]


def test_a_full_map_keeps_its_numbers_and_gives_no_more():
    redactor = Redactor(Policy.ENTITY, most_values=2)
    text = "a@x.org b@x.org c@x.org d@x.org a@x.org"
    redacted = redactor.redact(text).text
    assert redacted == "[EMAIL_1] [EMAIL_2] [EMAIL] [EMAIL] [EMAIL_1]"
    assert redactor.redact(redacted).text == redacted


def test_the_map_holds_no_value():
    pseudonyms = Pseudonyms(Policy.ENTITY, b"k")
    pseudonyms.of(Kind.CARD, "4111111111111111")
    assert len(pseudonyms) == 1
    assert "4111" not in repr(vars(pseudonyms))


@pytest.mark.parametrize(("key", "most"), [(b"", 1), (b"k", 0), (b"k", 1_000_000)])
def test_what_can_keep_nothing_is_refused(key, most):
    with pytest.raises(ValueError, match="a key, and room"):
        Redactor(key=key, most_values=most)


def test_words_stay_as_many_as_they_were():
    text = "write to ( anna at example dot com ) or call +44 20 7946 0958, thanks"
    words = text.split()
    redacted = Redactor(Policy.ENTITY).redact_words(words)
    email, phone = " ".join(["[EMAIL_1]"] * 5), " ".join(["[PHONE_1]"] * 4)
    assert " ".join(redacted) == f"write to ( {email} ) or call {phone}, thanks"
    assert len(redacted) == len(words)


def test_what_is_parted_between_segments_is_found_while_both_are_at_hand():
    begin, end = "my card is four one one one one one", "one one one one one one one one one one okay"
    alone = Redactor(Policy.ENTITY)
    assert alone.redact(begin).text == begin
    assert alone.redact(begin).open_from == 11
    first, second = Redactor(Policy.ENTITY).redact_parts([begin, end])
    assert (first.text, second.text) == ("my card is [CARD_1]", "[CARD_1] okay")
    whole = len(begin) - 11 + 1 + len(end) - 5
    assert first.replacements == (Replacement(Kind.CARD, 11, len(begin), 11, 19, whole),)
    assert second.replacements == (Replacement(Kind.CARD, 0, len(end) - 5, 0, 8, whole),)


@pytest.mark.parametrize(
    ("parts", "open_from"),
    [
        (["so it is 4111 11"], [9]),
        (["so it is 4111 11."], [9]),
        (["so it is 4111 11, you know"], [None]),
        (["it is 41"], [None]),
        (["it is four one", "one 1"], [6, 0]),
        ([f"it is {CARD}"], [None]),
        (["nothing", "it is 4111"], [None, 6]),
        ([], []),
        ([""], [None]),
    ],
)
def test_a_text_says_where_it_may_go_on(parts, open_from):
    assert [part.open_from for part in Redactor().redact_parts(parts)] == open_from


def test_a_made_up_pseudonym_hides_no_number():
    redactor = Redactor(Policy.ENTITY)
    assert "4111111111111111" not in redactor.redact("[CARD_4111111111111111]").text
    assert "4111111111111111" not in redactor.redact("[card:4111111111111111]").text


def test_numbers_hold_on_in_another_redactor_with_the_key():
    first = Redactor(Policy.ENTITY, key=b"k")
    assert first.redact("a@x.org, b@x.org").text == "[EMAIL_1], [EMAIL_2]"
    told = first.numbered()
    assert first.numbered() == []
    second = Redactor(Policy.ENTITY, key=b"k", numbered=told)
    assert second.redact("c@x.org, b@x.org").text == "[EMAIL_3], [EMAIL_2]"
    assert [(each.kind, each.number) for each in second.numbered()] == [(Kind.EMAIL, 3)]


def test_what_may_not_be_numbered_is_called_by_its_kind_until_it_is():
    redactor = Redactor(Policy.ENTITY)
    assert [each.text for each in redactor.redact_parts(["a@x.org"], may_number=False)] == ["[EMAIL]"]
    assert redactor.redact("a@x.org").text == "[EMAIL_1]"
    assert [each.text for each in redactor.redact_parts(["a@x.org"], may_number=False)] == ["[EMAIL_1]"]
