"""Questions: by their mark, by word order, by indirect phrases, and by what a statement ends with.

A recogniser writes no marks, so word order is looked at everywhere in a sentence that has none. Grammar: Huddleston
and Pullum, Cambridge Grammar of the English Language, chapter 10 (interrogatives, tags), 11.5 (embedded ones).
"""

from dataclasses import dataclass

from services.semantics.clauses import Clauses
from services.semantics.lists import WordLists
from services.semantics.meaning import Intent
from services.semantics.numerals import SMALL
from services.semantics.phrasebook import Phrases
from services.semantics.words import Sentence, word_set

_BE = word_set("am is are was were")
_DO = word_set("do does did")
_PERSONS = word_set("i you he she we they")
_THIRD = word_set("he she it this that")
_AGREEMENT = {
    **dict.fromkeys(["is", "was", "does", "has"], _THIRD | word_set("i there anyone anybody someone somebody everyone everybody everything anything something")),
    **dict.fromkeys(["are", "were"], word_set("you we they these those there")),
    "am": word_set("i"),
    "do": word_set("i you we they these those"),
    "have": word_set("i you we they these those"),
}  # fmt: skip
# Before an embedded question: "I know what is left".
_EMBEDDING = word_set(
    "know knows knew see sees understand tell tells me about of is was sure exactly wonder remember ask asked asking "
    "idea matter decide decided decides depends on show explain says said check find out that for"
)
# An auxiliary after these is not turned round with its subject: "as soon as I can I will", "to do I think".
_HOLDS_VERB = word_set("to not who that which so neither nor as than the a an my your his her our their")
_RELATIVES = word_set("which who whom whose where when")
_CONDITIONAL_VERBS = word_set(
    "need have want require wish ever decide change find feel still prefer encounter"
)
_BEFORE_TAG = word_set(
    "all is are am was were be been the to quite just not yes yeah that's turn look looks looked sound sounds sounded "
    "feel feels felt get got my your his her our their on it's alright exactly serves make made doing do did done "
    "and or your far upper lower top bottom you've they've if put set keep makes only always totally absolutely"
)
_TAG_SUBJECTS = word_set("i you he she it we they there this that")
_NEVER_TURNED = word_set("this that these those")
_DAYS = word_set("monday tuesday wednesday thursday friday saturday sunday tomorrow today")
_NOT_QUESTIONS = word_set("a an pity nonsense matters counts helps worries ever")
_NO_SUBJECTS = word_set(
    "do be been not have love like fine ok okay good great also just still only never work happily gladly definitely check "
    "see to going sure right perfect right too in on at for with about from come go get make take say call send bring "
    "very really so more much nice true correct"
)
_PLAIN_VERBS = word_set(
    "have need want include cover cost take know come work get go like mean apply offer accept charge use pay think feel look "
    "seem belong matter count help fit start end open close hurt allow require expect contain support speak live stay"
)
_CLAIMS = word_set(
    "thing problem point issue idea reason fact truth plan question important mean say difference rule news trouble case "
    "result hope fear advantage downside catch good bad"
)
_PAST = word_set("went made brought came told took got gave said broke did left")
_MODALS = word_set("will would can could should")
_PARTICIPLES = word_set("been come gone done made sent got taken seen given paid found begun started left said told")
_FARTHEST_VERB = 7
"""Words from a question word to its auxiliary, as in "how many of the old ones would"."""


@dataclass(frozen=True, slots=True)
class Question:
    """Words from `first` to before `last`, and whether a whole sentence is asked, not only its word order."""

    first: int
    last: int
    is_turned: bool
    """Whether word order shows it: then its subject stands after the verb."""


class Questions:
    """Finds questions."""

    def __init__(self, lists: WordLists) -> None:
        self._grammar = lists.grammar
        self._heads = self._grammar.question_words | self._grammar.auxiliaries

    def find(self, clauses: Clauses, phrases: Phrases) -> list[Question]:
        """At most one question a sentence, in order."""
        words = clauses.words
        heads = [index for index, word in enumerate(words) if word in self._heads]
        openings = [each for each in phrases.openings.get(Intent.QUESTION, ()) if each[0] in clauses.openings]
        found = []
        for sentence in clauses.reading.sentences:
            first, last = sentence.first, sentence.last
            within = [index for index in heads if first <= index < last] if heads else heads
            is_marked = sentence.asks or not self._is_bare(clauses, sentence)
            turned = self._turned(clauses, within, last, everywhere=not is_marked)
            if sentence.asks:
                found.append(Question(first, last, turned is not None))
                continue
            starts = [] if turned is None else [turned]
            starts += [index for index, _ in phrases.of(Intent.QUESTION) if first <= index < last]
            if not is_marked:
                starts += [
                    begin
                    for begin, end in openings
                    if first <= begin < last and self._is_elliptic(words, end, last)
                ]
            if not is_marked:
                starts += [index for index in sorted(clauses.openings) if self._is_fragment(words, index, first, last)]
            if starts:
                found.append(Question(min(starts), last, True))
            elif not is_marked and self._is_tagged(clauses, sentence, phrases):
                found.append(Question(first, last, False))
        return found

    def _is_bare(self, clauses: Clauses, sentence: Sentence) -> bool:
        """Whether no mark ends the sentence: the text has none, or breaks off."""
        reading = clauses.reading
        return sentence.last == len(reading) and not reading.text[reading.ends[-1] :].strip(" \"')")

    def _turned(self, clauses: Clauses, heads: list[int], last: int, everywhere: bool) -> int | None:
        """The first word of the first question by word order, among the words that may open one."""
        for index in heads:
            is_opening = index in clauses.openings
            if not everywhere and index not in clauses.starts:
                continue
            if clauses.words[index] in self._grammar.question_words:
                asks = self._by_question_word(clauses, index, last, is_opening)
            else:
                asks = self._by_auxiliary(clauses, index, last, is_opening)
            if asks:
                return index
        return None

    def _is_fragment(self, words: list[str], index: int, first: int, last: int) -> bool:
        """Whether a question without a verb stands here: "any allergies", "which floor"."""
        if not first <= index < last or last - index > 8 or last - index < 2:
            return False
        rest = words[index:last]
        if "or" in rest[1:-1] and index == first and len(rest) <= 6:  # "cash or card"
            return self._grammar.auxiliaries.isdisjoint(rest) and self._grammar.pronouns.isdisjoint(rest) and (
                self._grammar.task_verbs.isdisjoint(rest[:1])
            )
        if not self._grammar.auxiliaries.isdisjoint(rest):
            return False
        if rest[0] == "any":
            return self._grammar.pronouns.isdisjoint(rest) and rest[1] not in ("way", "time", "day", "one", "case", "more")
        return rest[0] in ("which", "what") and len(rest) <= 3 and rest[1] not in _NOT_QUESTIONS and (
            rest[1] not in self._grammar.pronouns and rest[1] not in self._grammar.determiners
        )

    def _is_elliptic(self, words: list[str], end: int, last: int) -> bool:
        """Whether what follows an opening phrase leaves it a question: "how much", not "how much it is"."""
        following = words[end] if end < last else ""
        return following not in self._grammar.pronouns and following not in self._grammar.determiners

    def _by_question_word(self, clauses: Clauses, index: int, last: int, is_opening: bool) -> bool:
        words, grammar = clauses.words, self._grammar
        word = words[index]
        if word in _RELATIVES and index not in clauses.starts and not self._is_turned_soon(words, index, last):
            return False
        before = words[index - 1] if index else ""
        follows = words[index + 1] if index + 1 < last else ""
        if is_opening and word in ("what", "who") and (follows.endswith(("s", "ed")) or follows in _PAST) and (
            follows not in _NOT_QUESTIONS and follows not in grammar.auxiliaries and follows not in grammar.pronouns
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
                    and self._asks_subject(words, verb, last)
                )
            if words[verb - 1] != "of" and (words[verb] in grammar.pronouns or words[verb] in grammar.determiners):
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
                is_subject = words[verb + 1] in _TAG_SUBJECTS or words[index] in ("when", "where")
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

    def _asks_subject(self, words: list[str], verb: int, last: int) -> bool:
        """ "what is wrong", "who is calling"; not "what is important is that"."""
        return not _has_copula(words, verb + 1, last)

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
        if before in self._grammar.pronouns or before in _HOLDS_VERB or before in self._grammar.question_words:
            return False
        if verb in ("does", "did"):
            return self._has_verb(words, index, last)
        # "that is fine | is the heating included": after a whole clause, and no subject of its own before it.
        has_clause = not self._grammar.auxiliaries.isdisjoint(words[max(0, index - 8) : index])
        is_free = before not in _EMBEDDING and self._grammar.determiners.isdisjoint(words[max(0, index - 3) : index])
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
        is_asked = follows.endswith("ed") or follows in ("okay", "possible", "available", "free", "open", "included")
        return verb in ("is", "are") and is_asked and words[index + 1] not in _NO_SUBJECTS and (
            self._grammar.determiners.isdisjoint(words[max(0, index - 3) : index])
        )

    def _has_verb(self, words: list[str], index: int, last: int) -> bool:
        """Whether the plain form of a verb comes soon after a subject."""
        ahead = words[index + 2 : min(last, index + 7)]
        return not (_PLAIN_VERBS.isdisjoint(ahead) and self._grammar.task_verbs.isdisjoint(ahead))

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
                if "you" in said or ({"i", "we", "they"} & set(said) and {"will", "can", "get"} & set(said)):
                    return not {"think", "believe", "guess"} & set(said)
                continue
            return True
        if last - first < 5 or words[last - 1] not in _TAG_SUBJECTS:
            return False
        if words[last - 2] == "not":
            return words[last - 3] in self._grammar.auxiliaries
        return words[last - 2] in self._grammar.auxiliaries and "not" in words[first : last - 2]


def _has_copula(words: list[str], first: int, last: int) -> bool:
    """Whether a clause with a question word is itself the subject: "what matters is …"."""
    return not _BE.isdisjoint(words[first + 1 : min(last, first + 7)])
