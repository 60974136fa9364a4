"""What is said around a number, and tells what it is."""

from enum import Enum, auto

from services.text.redaction.rows import Row
from services.text.redaction.scan import HIDDEN, Scan, word_set
from services.text.redaction.spelling import NUMBER_WORDS

PHONES = word_set(
    "call calls phone telephone tel mobile cell cellphone text contact ring dial fax whatsapp sms handy "
    "landline hotline callback telefon téléphone teléfono portable"
)
CARDS = word_set("card cards visa mastercard maestro amex diners discover jcb credit debit")
_OTHER_NUMBERS = word_set(
    "order orders ticket invoice invoices reference ref policy claim case account customer booking "
    "tracking serial model id code confirmation card student passport licence license page pages room "
    "flight meter imei isbn ean barcode sku version release build section zip postcode postal employee "
    "member part article batch lot po purchase vin iccid commit password pin parcel reservation receipt "
    "transaction # $ € £ ¥ extension ext"
)
_OWN = word_set("my your his her our their")
_AT, _PERSONS = frozenset(("at", "on")), frozenset(("me", "us"))
_UNITS = word_set(
    "dollars dollar euros euro pounds pound cents percent % people units bytes grams kilos km miles "
    "metres meters kg million billion thousand hundred times years users € £ point"
)
_REACH = 6  # words
_PASSED = word_set(", : ; - ( ) \" '")
_SENTENCE_ENDS = word_set(". ! ?")


class Cue(Enum):
    """What a number is said to be."""

    NONE = auto()
    PHONE = auto()
    OTHER = auto()


def cue(scan: Scan, row: Row) -> Cue:
    """What is said of a row of digits: the nearest word before it that says so, else what follows "is"."""
    if scan.word(row.last) in _UNITS or scan.word(row.first - 1) == "point":
        return Cue.OTHER
    place = row.first - 1
    passed = 0
    while passed < _REACH and place >= 0 and not _is_border(scan.words[place]):
        word = scan.words[place].removesuffix("'s")
        if word in _OTHER_NUMBERS:
            return Cue.OTHER
        before = scan.word(place - 1)
        if word in PHONES or (word == "number" and before in _OWN) or (word in _AT and before in _PERSONS):
            return Cue.PHONE
        passed += word not in _PASSED and word not in _SENTENCE_ENDS
        place -= 1
    return _said_after(scan, row.last)


def _said_after(scan: Scan, last: int) -> Cue:
    if scan.word(last) not in ("is", "was", "'s"):
        return Cue.NONE
    for word in scan.words[last + 1 : last + 1 + _REACH]:
        if _is_border(word) or word in _SENTENCE_ENDS:
            break
        if word in _OTHER_NUMBERS:
            return Cue.OTHER
        if word in PHONES:
            return Cue.PHONE
    return Cue.NONE


def is_cued(scan: Scan, first: int, cues: frozenset[str]) -> bool:
    """Whether one of the words stands among the last few before a token, with no number between."""
    passed = 0
    for place in range(first - 1, -1, -1):
        word = scan.words[place]
        if passed == _REACH or _is_border(word):
            return False
        if word in cues:
            return True
        passed += word not in _PASSED and word not in _SENTENCE_ENDS
    return False


def _is_border(word: str) -> bool:
    """Whether what stands beyond it says nothing of the number: another number, or what is hidden."""
    return word[0].isdecimal() or word[0] == HIDDEN or word in NUMBER_WORDS
