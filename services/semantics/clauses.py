"""Where clauses of a text open, what is denied, and what is only supposed. Works without punctuation too."""

from collections.abc import Callable
from typing import Any

from services.semantics.lists import Grammar
from services.semantics.words import Reading, word_set

_SCOPE = 6
"""Words after a negator that it still reaches."""
# A negation reaches no further than these; "or" and "to" it passes.
_SCOPE_ENDS = word_set("and but because so if then which when although though yet unless until since while")
# "not only", "no longer" and the like deny nothing of what follows.
_NO_DENIAL = word_set("only just longer doubt matter wonder one")
_AFTER_NO = word_set("not let thank that in at for")
_HALF_NO = word_set("really yet exactly quite always necessarily often anymore")
_CASES = word_set("when case")
_MAIN_CLAUSE_VERBS = word_set(
    "will would can could shall should must may might am is are was were have has do does"
)
# A denial of these is one of what follows: "I don't think we will cancel".
_RAISING = word_set("think believe expect suppose guess imagine plan intend want say said meant saying mean")
_SUBJECTS = word_set("i you he she it we they there that somebody someone nobody everybody everyone people")
# Lead-ins of two words.
_PAIRS = frozenset(
    tuple(pair.split())
    for pair in (
        "all right", "of course", "thank you", "i see", "good morning", "good afternoon", "good evening",
        "got it", "very good", "very well", "you know", "no problem", "good choice", "my pleasure",
        "that works", "sounds good", "excuse me", "oh dear", "not bad",
    )
)  # fmt: skip
_PAIR_BEGINS = frozenset(first for first, _ in _PAIRS)


class _Once:
    """A property that is worked out once. Without functools' lock, which costs more than most of what it
    would guard: two threads never share Clauses."""

    def __init__(self, work: Callable[[Any], frozenset[int]]) -> None:
        self._work = work
        self._name = work.__name__
        self.__doc__ = work.__doc__

    def __get__(self, clauses: Any, owner: type | None = None) -> frozenset[int]:
        found = clauses.__dict__[self._name] = self._work(clauses)
        return found


class Clauses:
    """A reading, seen as clauses.

    Attributes:
        openings: words that may open a clause: a sentence's first, one after punctuation, and what lead-ins
            ("well", "and", "yes") and names of those addressed leave as the first.
    """

    def __init__(self, reading: Reading, grammar: Grammar, names: frozenset[str] = frozenset()) -> None:
        self.reading = reading
        self.words = reading.words
        self._grammar = grammar
        self._names = names
        self.openings = self._openings()

    def _openings(self) -> frozenset[int]:
        words, lead_ins, names = self.words, self._grammar.lead_ins, self._names
        count = len(words)
        found = set()
        for begin in {0} | self.reading.breaks:
            index = begin
            while index < count and index not in found:
                found.add(index)
                if words[index] in _PAIR_BEGINS and tuple(words[index : index + 2]) in _PAIRS:
                    index += 2
                elif words[index] in lead_ins or words[index] in names or self.is_called(index):
                    index += 1
                else:
                    break
        return frozenset(found)

    @_Once
    def starts(self) -> frozenset[int]:
        """The openings that stand at the begin of a sentence, not after a comma."""
        found = set()
        for sentence in self.reading.sentences:
            index = sentence.first
            while index in self.openings and index < sentence.last:
                found.add(index)
                index += 2 if index + 1 not in self.openings else 1
        return frozenset(found)

    def is_called(self, index: int) -> bool:
        """Whether a name opens a sentence and a comma follows: "Tom, update the plan"."""
        reading = self.reading
        if index + 1 not in reading.breaks or index + 1 >= len(self.words):
            return False
        is_name = (
            reading.text[reading.starts[index]].isupper() and self.words[index] not in self._grammar.pronouns
        )
        return is_name and reading.text[reading.ends[index]] == ","

    @_Once
    def denied(self) -> frozenset[int]:
        """Words that a negation reaches."""
        words, breaks, negators = self.words, self.reading.breaks, self._grammar.negators
        if negators.isdisjoint(words):
            return frozenset()
        found: set[int] = set()
        for index, word in enumerate(words):
            if word not in negators or (index + 1 < len(words) and words[index + 1] in _NO_DENIAL):
                continue
            if word == "no" and self._is_answer(index):
                continue
            if word == "not" and self._is_refusal(index):
                continue
            for reached in range(index + 1, min(len(words), index + 1 + _SCOPE)):
                if reached in breaks or words[reached] in _SCOPE_ENDS or self._opens_main(reached, index):
                    break
                found.add(reached)
        return frozenset(found)

    def _is_refusal(self, index: int) -> bool:
        """Whether "not" ends an answer, and a clause of its own follows without a mark: "not really they
        still owe us", "please don't I'll hand it on"."""
        words = self.words
        following = words[index + 1 : index + 3]
        if index in self.starts and len(following) == 2:
            return following[0] in _HALF_NO and following[1] in _SUBJECTS
        after = words[index + 2 : index + 3]
        return words[index - 1] == "do" and following[:1] == ["i"] and after in (["will"], ["am"], ["would"])

    def _is_answer(self, index: int) -> bool:
        """Whether "no" says no, and is not a part of "no complaints"."""
        if index + 1 in self.reading.breaks:
            return True
        following = self.words[index + 1]
        grammar = self._grammar
        return index in self.starts and (
            following in grammar.pronouns or following in grammar.determiners or following in grammar.lead_ins
            or following in grammar.auxiliaries or following in grammar.question_words
            or following in grammar.conditionals or following in _AFTER_NO
        )  # fmt: skip

    @_Once
    def supposed(self) -> frozenset[int]:
        """Words of a condition: from "if" to the comma, or to the subject and verb that the main clause opens
        with. What the main clause says ("…, I will cancel") is meant."""
        words, breaks, conditionals = self.words, self.reading.breaks, self._grammar.conditionals
        if conditionals.isdisjoint(words) and _CASES.isdisjoint(words):
            return frozenset()
        found: set[int] = set()
        for begin, word in enumerate(words):
            is_case = word == "when" and begin and words[begin - 1] == "happens"
            is_case = is_case or (word == "case" and begin and words[begin - 1] == "in")
            if (word not in conditionals and not is_case) or begin in found:
                continue
            found.add(begin)
            for index in range(begin + 1, len(words)):
                if index in breaks or words[index] == "then" or self._opens_main(index, begin + 1):
                    break
                found.add(index)
        return frozenset(found)

    def _opens_main(self, index: int, after: int) -> bool:
        """Whether a subject with its verb stands here, which begins a clause of its own."""
        words = self.words
        return (
            index > after + 1
            and words[index] in _SUBJECTS
            and index + 1 < len(words)
            and words[index + 1] in _MAIN_CLAUSE_VERBS
            and words[index - 1] not in ("that", "and", "or", "if")
            and words[index - 1] not in _RAISING
        )
