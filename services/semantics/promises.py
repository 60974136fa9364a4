"""Commitments: the speaker binds the speaker's own side to an act. The grammar of "I will", "let me", "I
can"."""

from collections.abc import Iterator

from services.semantics.clauses import Clauses
from services.semantics.words import word_set

_ADVERBS = word_set(
    "just also now then definitely certainly gladly personally still already first simply quickly "
    "probably absolutely surely always happily maybe perhaps actually immediately only even at least"
)
# No act: states, forecasts, senses, and what only runs the talk.
_NOT_WILL = word_set(
    "be have need know miss see get lose not never say admit think die feel want regret hear end receive "
    "find like love hate understand live remember be probably take fail struggle starve explode owe "
    "become win go graduate retire turn grow arrive"
)
_NOT_CAN = word_set(
    "see hear imagine understand not only remember say think feel live afford wait guess believe barely "
    "hardly be get have use find recall relate assume count tell smell read go eat sleep walk manage "
    "speak swim"
)
_NOT_LET = word_set(
    "know see ask tell think guess finish be say just put speak rephrase explain repeat start begin in "
    "out go alone down get introduce"
)
_GOING_NOWHERE = word_set(
    "be have need the a my our your this that bed work school get lose die cancel leave sue miss"
)
# After these, "I can" is no offer: "what I can do", "if I can", "everything we will need".
_HELD = word_set(
    "what how if whether when where which who whom why as than unless until while whatever everything all "
    "anything because that before after something nothing do does did will can should would could not "
    "never maybe ever wish hope once so"
)
_STILL_HELD = word_set("that because so before after maybe hope once")
_FORGIVEN = _HELD - _STILL_HELD
_SUBJECTS = word_set("i we let")
_TO_YOU = word_set("you your")


def promises(clauses: Clauses) -> Iterator[int]:
    """The first word of each clause of commitment: the subject, or "let"."""
    words = clauses.words
    if _SUBJECTS.isdisjoint(words):
        return
    for index in [index for index, word in enumerate(words) if word in _SUBJECTS]:
        word = words[index]
        if word == "let":
            if words[index + 1 : index + 2] == ["me"] and _offers(words, index + 2):
                yield index
        elif word in ("i", "we") and index not in clauses.supposed:
            before = words[index - 1] if index and index not in clauses.reading.breaks else ""
            if before not in _FORGIVEN and _binds(words, index):
                yield index


def _offers(words: list[str], index: int) -> bool:
    """Whether "let me" goes on with an act of the speaker: "have a look", not "have the list"."""
    verb = _verb(words, index)
    if verb == "have":
        return words[index + 1 : index + 2] == ["a"]
    return bool(verb) and verb not in _NOT_LET


def _binds(words: list[str], subject: int) -> bool:
    modal = words[subject + 1] if subject + 1 < len(words) else ""
    verb = _verb(words, subject + 2)
    if not verb:
        return False
    if modal == "will":
        return verb not in _NOT_WILL
    if modal == "can":
        return verb not in _NOT_CAN
    if modal == "could":
        is_offered = words[subject] == "i" or not _TO_YOU.isdisjoint(words[subject + 3 : subject + 6])
        return is_offered and verb not in _NOT_CAN
    if modal == "should":
        return words[subject] == "we" and verb not in ("be", "have", "not", "get")
    if modal in ("am", "are") and verb in ("going", "gonna") and words[subject + 3 : subject + 4] == ["to"]:
        return _verb(words, subject + 4) not in _GOING_NOWHERE
    return False


def _verb(words: list[str], index: int) -> str:
    """The verb at a place, after adverbs; empty at the end."""
    while index < len(words) and words[index] in _ADVERBS:
        index += 1
    return words[index] if index < len(words) else ""
