"""Questions by word order: an auxiliary before its subject, and question words.

Grammar: Huddleston and Pullum, Cambridge Grammar of the English Language, 10.4 to 10.7 (interrogatives), 11.5
(embedded ones, which keep the order of statements).
"""

from services.semantics.clauses import Clauses
from services.semantics.lists import Grammar
from services.semantics.numerals import SMALL
from services.semantics.words import word_set

_BE = word_set("am is are was were")
_DO = word_set("do does did")
_PERSONS = word_set("i you he she we they")
_THIRD = word_set("he she it this that")
_ANYONE = word_set("i there anyone anybody someone somebody everyone everybody everything anything something")
_MANY = word_set("you we they these those")
_AGREEMENT = {
    **dict.fromkeys(["is", "was", "does", "has"], _THIRD | _ANYONE),
    **dict.fromkeys(["are", "were"], _MANY | {"there"}),
    **dict.fromkeys(["do", "have"], _MANY | {"i"}),
    "am": frozenset("i"),
}
"""The subjects of one word that an auxiliary may have; others may have any."""
# Before an embedded question: "I know what is left".
_EMBEDDING = word_set(
    "know knows knew see sees understand tell tells me about of is was sure exactly wonder remember ask "
    "asked asking idea matter decide decided decides depends on show explain says said check find out "
    "that for"
)
# An auxiliary after these is not turned round with its subject: "as soon as I can I will", "to do I think".
_HOLDS_VERB = word_set("to not who that which so neither nor as than the a an my your his her our their")
_RELATIVES = word_set("which who whom whose where when")
# "should you need help" is a condition.
_CONDITIONAL_VERBS = word_set(
    "need have want require wish ever decide change find feel still prefer encounter"
)
_SUBJECTS = word_set("i you he she it we they there this that")
# "have this", "do that" are instructions.
_NEVER_TURNED = word_set("this that these those")
_DAYS = word_set("monday tuesday wednesday thursday friday saturday sunday tomorrow today")
_NOT_QUESTIONS = word_set("a an pity nonsense matters counts helps worries ever")
# After an auxiliary that opens a clause these leave out its subject: "will do", "would love to".
_NO_SUBJECTS = word_set(
    "do be been not have love like fine ok okay good great also just still only never work happily gladly "
    "definitely check see to going sure right perfect too in on at for with about from come go get make "
    "take say call send bring very really so more much nice true correct"
)
# Verbs that a question ends in more often than an instruction opens with.
_PLAIN_VERBS = word_set(
    "have need want include cover cost take know come work get go like mean apply offer accept charge use "
    "pay think feel look seem belong matter count help fit start end open close hurt allow require expect "
    "contain support speak live stay"
)
# "the point is that the …"
_CLAIMS = word_set(
    "thing problem point issue idea reason fact truth plan question important mean say difference rule "
    "news trouble case result hope fear advantage downside catch good bad"
)
_PAST = word_set("went made brought came told took got gave said broke did left")
_MODALS = word_set("will would can could should")
_PARTICIPLES = word_set(
    "been come gone done made sent got taken seen given paid found begun started left said told"
)
_FARTHEST_VERB = 7
"""Words from a question word to its auxiliary, as in "how many of the old ones would"."""


class WordOrder:
    """Whether a word opens a question."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self.heads = grammar.question_words | grammar.auxiliaries
        """The words that may."""

    def asks(self, clauses: Clauses, index: int, last: int) -> bool:
        """Whether one of the heads, at `index` of a sentence that ends before `last`, opens a question."""
        is_opening = index in clauses.openings
        if clauses.words[index] in self._grammar.question_words:
            return self._by_question_word(clauses, index, last, is_opening)
        return self._by_auxiliary(clauses, index, last, is_opening)

    def _by_question_word(self, clauses: Clauses, index: int, last: int, is_opening: bool) -> bool:
        words, grammar = clauses.words, self._grammar
        word = words[index]
        if (
            word in _RELATIVES
            and index not in clauses.starts
            and not self._is_turned_soon(words, index, last)
        ):
            return False
        before = words[index - 1] if index else ""
        follows = words[index + 1] if index + 1 < last else ""
        if (
            is_opening
            and word in ("what", "who")
            and (follows.endswith(("s", "ed")) or follows in _PAST)
            and (
                follows not in _NOT_QUESTIONS
                and follows not in grammar.auxiliaries
                and follows not in grammar.pronouns
            )
        ):
            return not _has_copula(words, index + 2, last)
        is_embedded = not is_opening and before in _EMBEDDING
        for verb in range(index + 1, min(last, index + _FARTHEST_VERB)):
            if words[verb] in grammar.auxiliaries:
                if self._is_turned_at(words, verb, last):
                    return not is_embedded or (words[verb] not in _BE and before not in ("that", "is"))
                if verb > index + 1 and word in ("how", "what", "which", "whose"):
                    return is_opening and not is_embedded
                return (
                    is_opening
                    and word in ("what", "who", "which", "why")
                    and not _has_copula(words, verb + 1, last)
                )
            if words[verb - 1] != "of" and (
                words[verb] in grammar.pronouns or words[verb] in grammar.determiners
            ):
                return False
        if not follows or not is_opening:
            return is_opening and index + 1 == last and index not in (0,)
        return (
            word in ("what", "who")
            and follows not in _NOT_QUESTIONS
            and not _has_copula(words, index + 2, last)
        )

    def _is_turned_soon(self, words: list[str], index: int, last: int) -> bool:
        """Whether "which one would you", "who should I" follows: no relative clause has that order."""
        for verb in range(index + 1, min(last - 1, index + 4)):
            if words[verb] in self._grammar.auxiliaries:
                is_subject = words[verb + 1] in _SUBJECTS or words[index] in ("when", "where")
                if words[index] in ("who", "whom"):  # "the people who did it"
                    is_subject = words[verb + 1] in ("i", "you", "we")
                return is_subject and self._is_turned_at(words, verb, last)
            if words[verb] in self._grammar.pronouns or words[verb] in self._grammar.determiners:
                return False
        return False

    def _is_turned_at(self, words: list[str], verb: int, last: int) -> bool:
        """Whether an auxiliary stands before its subject."""
        if verb + 1 >= last or words[verb] not in self._grammar.auxiliaries:
            return False
        subject = words[verb + 1]
        if subject == "not" and verb + 2 < last:
            subject = words[verb + 2]
        if subject in self._grammar.determiners:
            return True
        allowed = _AGREEMENT.get(words[verb])
        if subject in self._grammar.pronouns:
            return allowed is None or subject in allowed
        # "how are things", "when does training begin"
        return words[verb] in _DO or (words[verb] in ("are", "were") and subject.endswith("s"))

    def _by_auxiliary(self, clauses: Clauses, index: int, last: int, is_opening: bool) -> bool:
        words, grammar = clauses.words, self._grammar
        if index + 1 >= last:
            return False
        verb, subject = words[index], words[index + 1]
        follows = words[index + 2] if index + 2 < last else ""
        before = words[index - 1] if index else ""
        if subject == "not":
            is_contracted = clauses.reading.starts[index + 1] == clauses.reading.ends[index]
            return (
                is_contracted
                and follows in grammar.pronouns
                and (is_opening or before not in grammar.pronouns)
            )
        if subject in grammar.determiners:
            return self._before_noun(words, index, last, is_opening)
        if subject not in grammar.pronouns:
            if verb == "would" and (subject in SMALL or subject in _DAYS):
                return True
            if verb in ("may", "must", "might", "had", "do", "have") or last - index < 3:
                return False
            if not is_opening:
                return self._mid_noun(words, index, last)
            return subject not in _NO_SUBJECTS and not subject.endswith("ly")
        allowed = _AGREEMENT.get(verb)
        if allowed is not None and subject not in allowed:
            return False
        if subject in _NEVER_TURNED and verb in ("have", "do", "must"):
            return False
        if verb == "had" or (verb == "should" and subject == "you" and follows in _CONDITIONAL_VERBS):
            return False
        if verb == "may" and subject not in ("i", "we"):
            return False
        if is_opening:
            return True
        if before in grammar.pronouns or before in grammar.auxiliaries or before in _HOLDS_VERB:
            return False
        if subject == "that" and (follows in grammar.determiners or follows in grammar.pronouns):
            said = words[max(0, index - 6) : index]  # "what I mean is that the …", "the point is that …"
            if before in _CLAIMS or not grammar.question_words.isdisjoint(said):
                return False
        if subject not in _PERSONS and verb in ("do", "does", "did", "have", "has"):
            is_perfect = follows.endswith("ed") or follows in _PARTICIPLES
            return is_perfect if verb in ("have", "has") else follows in _PLAIN_VERBS | grammar.task_verbs
        return not (
            verb in _BE and (follows in grammar.auxiliaries or follows in ("just", "never", "always"))
        )

    def _before_noun(self, words: list[str], index: int, last: int, is_opening: bool) -> bool:
        """Whether an auxiliary before "the …" asks, and is not the verb of a statement or an instruction."""
        verb, ahead = words[index], words[index + 2 : min(last, index + 7)]
        before = words[index - 1] if index else ""
        if verb == "do":  # "do your prices include it", not "do the dishes"
            return is_opening and not _PLAIN_VERBS.isdisjoint(ahead[1:])
        if verb == "have":  # "have the papers come", not "have a nice day"
            is_perfect = any(word.endswith("ed") or word in _PARTICIPLES for word in ahead[1:])
            return is_opening and words[index + 1] not in ("a", "an", "no", "some") and is_perfect
        if verb in ("had", "may", "must", "might"):
            return False
        if is_opening:
            return True
        if (
            before in self._grammar.pronouns
            or before in _HOLDS_VERB
            or before in self._grammar.question_words
        ):
            return False
        if verb in ("does", "did"):
            return self._has_verb(words, index, last)
        # "that is fine | is the heating included": after a whole clause, and no subject of its own before it.
        has_clause = not self._grammar.auxiliaries.isdisjoint(words[max(0, index - 8) : index])
        is_free = before not in _EMBEDDING and self._grammar.determiners.isdisjoint(
            words[max(0, index - 3) : index]
        )
        if verb in ("is", "are"):
            return has_clause and is_free
        return verb in _MODALS and is_free and (self._has_verb(words, index, last) or "be" in ahead)

    def _mid_noun(self, words: list[str], index: int, last: int) -> bool:
        """Whether "does breakfast cost", "are dogs allowed" asks in the middle of a text without marks."""
        before, verb = words[index - 1], words[index]
        if before in self._grammar.pronouns or before in _HOLDS_VERB or before in self._grammar.auxiliaries:
            return False
        if verb in ("does", "did"):
            return self._has_verb(words, index, last)
        follows = words[index + 2] if index + 2 < last else ""
        is_asked = follows.endswith("ed") or follows in (
            "okay",
            "possible",
            "available",
            "free",
            "open",
            "included",
        )
        return (
            verb in ("is", "are")
            and is_asked
            and words[index + 1] not in _NO_SUBJECTS
            and (self._grammar.determiners.isdisjoint(words[max(0, index - 3) : index]))
        )

    def _has_verb(self, words: list[str], index: int, last: int) -> bool:
        """Whether the plain form of a verb comes soon after a subject."""
        ahead = words[index + 2 : min(last, index + 7)]
        return not (_PLAIN_VERBS.isdisjoint(ahead) and self._grammar.task_verbs.isdisjoint(ahead))


def _has_copula(words: list[str], first: int, last: int) -> bool:
    """Whether a clause with a question word is itself the subject: "what matters is …"."""
    return not _BE.isdisjoint(words[first + 1 : min(last, first + 7)])
