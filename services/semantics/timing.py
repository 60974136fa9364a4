"""By when: the words of a clause that say when something is to be done."""

from services.semantics.clauses import Clauses
from services.semantics.words import word_set

_ANYTHING = word_set("after before until till once when whenever")
_NEEDS_TIME = word_set("by on at in within from during next this over the for every")
_ALONE = word_set("today tonight tomorrow now immediately asap later soon earlier")
_TIMES = word_set(
    "week weeks month months year years morning afternoon evening weekend night day days hour hours "
    "minute minutes lunch noon midnight midday end beginning latest then quarter half monday tuesday "
    "wednesday thursday friday saturday sunday today tonight tomorrow january february march april may "
    "june july august september october november december oclock o'clock moment meantime beforehand time "
    "term semester lesson break christmas easter spring summer autumn fall winter"
)
_PHRASES: dict[str, list[tuple[str, ...]]] = {}
for _phrase in (
    "as soon as", "right after", "right now", "right away", "straight away", "first thing", "at the latest",
    "no later than", "not later than", "this time", "at once", "every time", "the next day", "the day after",
):  # fmt: skip
    _PHRASES.setdefault(_phrase.split()[0], []).append(tuple(_phrase.split()))
_BETWEEN = word_set(
    "the a an next this last end of early late following same first whole coming our my your very new "
    "beginning middle second two three few working business"
)
_PARTS = word_set("end beginning middle top bottom")
_WHOLES = word_set(
    "course meeting class session shift semester season call talk flight trial stay contract it"
)
_REACH = 6


def timing(clauses: Clauses, first: int, last: int, dated: frozenset[int]) -> tuple[int, int]:
    """Where in the words from `first` to before `last` it is said by when, at either end; empty if nowhere.

    `dated` are the words that name a day, a clock time or a length of time.
    """
    words = clauses.words
    for index in range(first + 1, last):
        if _opens(words, index, last, dated):
            return index, last
    if _opens(words, first, last, dated) and words[first] in _NEEDS_TIME | _ALONE:
        end = max(
            (index + 1 for index in range(first, min(last, first + _REACH)) if index in dated), default=first
        )
        return first, end
    return last, last


def _opens(words: list[str], index: int, last: int, dated: frozenset[int]) -> bool:
    word = words[index]
    if any(tuple(words[index : index + len(each)]) == each for each in _PHRASES.get(word, ())):
        return True
    if word in _ANYTHING:
        return index + 1 < last
    if word in _ALONE or index in dated:
        return word not in ("the", "a", "an") or index in dated
    if word not in _NEEDS_TIME:
        return False
    for place in range(index + 1, min(last, index + _REACH)):
        if words[place] in _PARTS and words[place + 1 : place + 2] == ["of"]:
            # "at the end of the road" is a place.
            whole = words[place + 2 : min(last, place + 5)]
            if place not in dated and _TIMES.isdisjoint(whole) and _WHOLES.isdisjoint(whole):
                return False
        if place in dated or words[place] in _TIMES:
            return word != "the"
        if words[place] not in _BETWEEN:
            return False
    return False
