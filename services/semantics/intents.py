"""What a segment is for. Intents and their order of precedence are those of english/intents.toml."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from services.semantics.actions import ActionItem
from services.semantics.clauses import Clauses
from services.semantics.lists import WordLists
from services.semantics.meaning import Found, Intent
from services.semantics.phrasebook import Phrases
from services.semantics.promises import promises
from services.semantics.questions import Question
from services.semantics.words import word_set

_ORDER = tuple(Intent)[:-1]
_CLARIFICATION, _COMMITMENT, _DECISION, _AGREEMENT = (
    Intent.CLARIFICATION, Intent.COMMITMENT, Intent.DECISION, Intent.AGREEMENT,
)  # fmt: skip
_GENERAL = (Intent.GENERAL,)
_SHORT_SUBJECTS = word_set("i you he she it we they that this there")
_SHORT_VERBS = word_set("is are was were do does did can will have has am should would could")
_AFTER_SHORT = word_set("and but yes so indeed though")
# What follows "let us" is settled, but for these, which propose or only talk.
_NO_CHOICE = word_set(
    "see know wait hope say talk look think face be hear discuss check try begin get call come not just "
    "suppose assume imagine move continue ask"
)
_THREATS = frozenset(["churn_risk", "legal_threat", "payment_risk"])
_CONDITIONAL = word_set("if whether should would could might do does did not when why how never unless or")
_HOLDING = word_set("that what which who if when where how why as than until before after whether")
_LONGEST = 40  # words of one finding


class Evidence(NamedTuple):
    """All intents, and the words that show them: from the first to one past the last."""

    intents: tuple[Intent, ...]
    questions: Sequence[Question]
    actions: Sequence[ActionItem]
    commitments: Sequence[tuple[int, int]]
    decisions: Sequence[tuple[int, int]]


class Intents:
    """Weighs what the grammar found, and looks for the phrases of the lists."""

    def __init__(self, lists: WordLists) -> None:
        self._grammar = lists.grammar
        self._new_clause = lists.grammar.pronouns | {"let", "please"}

    def find(
        self,
        clauses: Clauses,
        phrases: Phrases,
        questions: Sequence[Question],
        actions: Sequence[ActionItem],
        risks: Sequence[Found],
    ) -> Evidence:
        """Every intent that applies, in order; general alone where none does."""
        hits = self._hits(clauses, phrases, questions)
        chosen = {first for first, _ in hits.get(_DECISION, ())}.union(_choices(clauses))
        decisions = [
            (first, self._end(clauses, first, questions))
            for first in sorted(chosen)
            if self._is_settled(clauses, first, questions)
        ]
        promised = {first for first, _ in hits.get(_COMMITMENT, ())}.union(promises(clauses))
        commitments = []
        for first in sorted(promised):
            last = self._end(clauses, first, questions)
            if not (
                any(begin <= first < end for begin, end in decisions)
                or self._is_asked(first, questions)
                or (risks and self._is_threat(clauses, first, last, risks))
                or first in clauses.supposed
            ):
                commitments.append((first, last))
        shown = (
            questions,
            hits.get(_CLARIFICATION),
            actions,
            commitments,
            decisions,
            hits.get(_AGREEMENT) or _is_short_answer(clauses),
        )
        intents = (
            tuple([intent for intent, evidence in zip(_ORDER, shown, strict=True) if evidence]) or _GENERAL
        )
        return Evidence(intents, questions, actions, _apart(commitments), _apart(decisions))

    def _hits(
        self, clauses: Clauses, phrases: Phrases, questions: Sequence[Question]
    ) -> dict[Intent, list[tuple[int, int]]]:
        """Phrases that count: openings and endings only where they belong."""
        hits = dict(phrases.anywhere)
        for intent, places in phrases.openings.items():
            hits[intent] = hits.get(intent, []) + [each for each in places if each[0] in clauses.starts]
        if phrases.endings:
            asked = {each.last for each in questions}
            ends = {each.last for each in clauses.reading.sentences} - asked
            for intent, places in phrases.endings.items():
                hits[intent] = hits.get(intent, []) + [each for each in places if each[1] in ends]
        return hits

    def _is_settled(self, clauses: Clauses, first: int, questions: Sequence[Question]) -> bool:
        words = clauses.words
        if first in clauses.supposed or (first and words[first - 1] in _CONDITIONAL):
            return False
        return not any(each.first <= first < each.last for each in questions)

    def _is_asked(self, first: int, questions: Sequence[Question]) -> bool:
        """Whether a promise is a part of what is asked: "I'll get it back, yes?"."""
        return any(
            each.first <= first < each.last and (not each.is_turned or first - each.first < 12)
            for each in questions
        )

    def _is_threat(self, clauses: Clauses, first: int, last: int, risks: Sequence[Found]) -> bool:
        """Whether what is promised is a risk to who is spoken to."""
        reading = clauses.reading
        start, end = reading.starts[first], reading.ends[last - 1]
        return any(each.label in _THREATS and start <= each.span.start_char < end for each in risks)

    def _end(self, clauses: Clauses, first: int, questions: Sequence[Question]) -> int:
        """One past the last word of the clause that begins at a word."""
        words, breaks = clauses.words, clauses.reading.breaks
        asked = {each.first for each in questions}
        for index in range(first + 2, min(len(words), first + _LONGEST)):
            if index in breaks or index in asked:
                return index
            follows = words[index + 1] if index + 1 < len(words) else ""
            if words[index] in ("and", "but", "so", "because") and follows in self._new_clause:
                return index
            if (
                index > first + 2
                and words[index] in ("i", "we")
                and follows in self._grammar.auxiliaries
                and words[index - 1] not in _HOLDING
            ):
                return index
            if (
                words[index] in self._grammar.auxiliaries
                and follows in ("there", "you", "i", "we")
                and (words[index - 1] not in self._grammar.pronouns)
            ):
                return index
        return min(len(words), first + _LONGEST)


def _is_short_answer(clauses: Clauses) -> bool:
    """ "It is.", "yes" said with a verb: "you can", "we do"."""
    words = clauses.words
    if len(words) < 2 or words[0] not in _SHORT_SUBJECTS or words[1] not in _SHORT_VERBS:
        return False
    return 2 in clauses.reading.breaks or words[2] in _AFTER_SHORT


def _choices(clauses: Clauses) -> Iterator[int]:
    """ "let us" and what is chosen."""
    words = clauses.words
    if "let" not in words:
        return
    for index in range(len(words) - 2):
        if (
            words[index] == "let"
            and words[index + 1] == "us"
            and words[index + 2] not in _NO_CHOICE
            and (words[index + 2 : index + 4] not in (["take", "a"], ["have", "a"], ["find", "out"]))
        ):
            yield index


def _apart(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Of spans that overlap the first."""
    found: list[tuple[int, int]] = []
    for span in spans:
        if not found or span[0] >= found[-1][1]:
            found.append(span)
    return found
