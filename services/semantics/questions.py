"""Questions: by their mark, by word order, by indirect phrases, and by what a statement ends with.

A recogniser writes no marks, so word order is looked at everywhere in a sentence that has none. Grammar:
Huddleston and Pullum, Cambridge Grammar of the English Language, chapter 10.
"""

from typing import NamedTuple

from services.semantics.clauses import Clauses
from services.semantics.lists import WordLists
from services.semantics.meaning import Intent
from services.semantics.phrasebook import Phrases
from services.semantics.word_order import WordOrder
from services.semantics.words import Sentence, word_set

_BEFORE_TAG = word_set(
    "all is are am was were be been the to quite just not yes yeah turn look looks looked sound sounds "
    "sounded feel feels felt get got my your his her our their on alright exactly serves make made doing "
    "do did done and or far upper lower top bottom if put set keep makes only always totally absolutely"
)
_TAG_SUBJECTS = word_set("i you he she it we they there this that")
_GOING_ON = word_set("and so but then")
_NO_THINGS = word_set("way time day one case more a an pity nonsense")
_FRAGMENTS = word_set("or any which what")
_LONGEST_TAG = 3
_LONGEST_FRAGMENT = 8
_LONGEST_CHOICE = 6


class Question(NamedTuple):
    """Words from `first` to before `last`; `is_turned` where it is shown by more than a mark or a tag."""

    first: int
    last: int
    is_turned: bool


class Questions:
    """Finds questions."""

    def __init__(self, lists: WordLists) -> None:
        self._grammar = lists.grammar
        self._order = WordOrder(lists.grammar)

    def find(self, clauses: Clauses, phrases: Phrases) -> list[Question]:
        """At most one question a sentence, in order."""
        words = clauses.words
        heads = [index for index, word in enumerate(words) if word in self._order.heads]
        openings = [each for each in phrases.openings.get(Intent.QUESTION, ()) if each[0] in clauses.openings]
        found = []
        sentences = clauses.reading.sentences
        for sentence in sentences:
            first, last = sentence.first, sentence.last
            within = heads
            if heads and len(sentences) > 1:
                within = [index for index in heads if first <= index < last]
            is_marked = sentence.asks or not self._is_bare(clauses, sentence)
            turned = self._turned(clauses, within, last, everywhere=not is_marked)
            if sentence.asks:
                found.append(Question(first, last, turned is not None))
                continue
            is_tag = turned is None or last - turned <= _LONGEST_TAG
            if is_tag and not is_marked and self._is_tagged(clauses, sentence, phrases):
                found.append(Question(first, last, False))
                continue
            starts = [] if turned is None else [turned]
            starts += [index for index, _ in phrases.of(Intent.QUESTION) if first <= index < last]
            if not is_marked:
                starts += [
                    begin
                    for begin, end in openings
                    if first <= begin < last and self._is_elliptic(words, end, last)
                ]
                if not _FRAGMENTS.isdisjoint(words):
                    starts += [
                        index for index in clauses.openings if self._is_fragment(words, index, first, last)
                    ]
            if starts:
                found.append(Question(min(starts), last, True))
        return found

    def _is_bare(self, clauses: Clauses, sentence: Sentence) -> bool:
        """Whether no mark ends the sentence: the text has none, or breaks off."""
        reading = clauses.reading
        return sentence.last == len(reading) and not reading.text[reading.ends[-1] :].strip(" \"')")

    def _turned(self, clauses: Clauses, heads: list[int], last: int, everywhere: bool) -> int | None:
        """The first word of the first question by word order, among the words that may open one."""
        for index in heads:
            if (everywhere or index in clauses.starts) and self._order.asks(clauses, index, last):
                return index
        return None

    def _is_fragment(self, words: list[str], index: int, first: int, last: int) -> bool:
        """Whether a question without a verb stands here: "any allergies", "which floor", "cash or card"."""
        if index < first or not 2 <= last - index <= _LONGEST_FRAGMENT:
            return False
        rest = words[index:last]
        if not self._grammar.auxiliaries.isdisjoint(rest):
            return False
        has_pronoun = not self._grammar.pronouns.isdisjoint(rest)
        if "or" in rest[1:-1] and index == first and len(rest) <= _LONGEST_CHOICE:
            return not has_pronoun and rest[0] not in self._grammar.task_verbs
        if rest[0] == "any":
            return not has_pronoun and rest[1] not in _NO_THINGS
        if rest[0] not in ("which", "what") or len(rest) > 3 or rest[1] in _NO_THINGS:
            return False
        return rest[1] not in self._grammar.pronouns and rest[1] not in self._grammar.determiners

    def _is_elliptic(self, words: list[str], end: int, last: int) -> bool:
        """Whether what follows an opening phrase leaves it a question: "how much", not "how much it is"."""
        following = words[end] if end < last else ""
        if words[end - 1] == "else":  # "anything else I should bring"
            return True
        return following not in self._grammar.pronouns and following not in self._grammar.determiners

    def _is_tagged(self, clauses: Clauses, sentence: Sentence, phrases: Phrases) -> bool:
        """Whether a statement ends in what makes it a question: "…, right", "…, is it"."""
        words, first, last = clauses.words, sentence.first, sentence.last
        for begin, end in phrases.endings.get(Intent.QUESTION, ()):
            if end != last or begin - first < 3:
                continue
            said = words[max(first, begin - 12) : begin]
            if words[begin - 1] in _BEFORE_TAG or (
                _TAG_SUBJECTS.isdisjoint(said) and self._grammar.determiners.isdisjoint(said)
            ):
                continue
            if words[begin] in ("yes", "yeah", "no"):
                if (
                    "you" in said
                    or (said[0] in _GOING_ON and said[1] in _TAG_SUBJECTS)
                    or ({"i", "we", "they"} & set(said) and {"will", "can", "get"} & set(said))
                ):
                    return not {"think", "believe", "guess"} & set(said)
                continue
            return True
        if last - first < 5 or words[last - 1] not in _TAG_SUBJECTS:
            return False
        if words[last - 2] == "not":
            return words[last - 3] in self._grammar.auxiliaries
        return (
            words[last - 2] in self._grammar.auxiliaries
            and words[last - 3] not in self._grammar.pronouns  # "I don't know why it does that"
            and "not" in words[first : last - 2]
        )
