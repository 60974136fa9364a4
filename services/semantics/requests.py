"""Where tasks begin: instructions ("send it", "please don't call"), requests ("can you check"), needs ("we
need to", "make sure you") and assignments ("Tom will prepare it", "Tom, you bring it")."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from services.semantics.clauses import Clauses
from services.semantics.lists import Grammar
from services.semantics.tasks import Tasks
from services.semantics.words import word_set

_ASKING = word_set("can could will would")
_ASKED = word_set("you somebody someone anybody anyone")
_TRIGGERS = word_set("please can could will would why do never")
_ALL = word_set("everyone everybody guys class kids children students team folks all")
_JOINING = word_set("or then")
_DIRECT = word_set("it them the your this that me us")
_PASSED = word_set("please now then just first lovely good great okay so again right yes fine straight")
_FULL_STOPS = word_set("please first lovely good great okay so right yes fine")
_SUBJECTS = word_set("i we you they he she it")
_HOLDERS = word_set(
    "on in at for with from by about of around over into up down a the very really quite too usually often "
    "always never sometimes both all two three i you we they"
)
_ASSIGNING = (
    ("will",), ("should",), ("must",), ("has", "to"), ("needs", "to"), ("is", "going", "to"), ("can",),
    ("takes", "care", "of"), ("is", "to"),
)  # fmt: skip
_ASSIGNERS = frozenset(each[0] for each in _ASSIGNING)
_NO_NAMES = word_set(
    "people everything something nothing nobody one time money mail delivery weather traffic work god"
)
_TURNED_BEFORE = word_set("do does did should what how why where when if would will who unless might can")
_FRONTS = word_set("for until by on before after at in")
_CASES = word_set("if when once as whenever")
_NEVER_BEFORE = word_set("to not or and that who")
_TAGS = word_set("okay ok right yes yeah please you alright")
_DO_SUBJECTS = word_set("people children men women police most some many staff and why who that which to")
_INFINITIVE_AFTER = word_set(
    "to let lets help helps make makes will can would could should may might must do does did not and or "
    "who which people see hear watch"
)
_OWNERS = word_set("your it them him her me us my")
_NO_END = word_set("as than like and or but of between if when that who which how what")
_FAR = 3
_LONGEST_FRONT = 5
_LONGEST = 40


class Request(NamedTuple):
    """A task begins: its first word, its verb, and who is to do it."""

    first: int
    verb: int
    who: str


class Requests:
    """Finds where tasks begin."""

    def __init__(self, grammar: Grammar, tasks: Tasks) -> None:
        self._grammar = grammar
        self._tasks = tasks
        self._candidates = tasks.plain | _TRIGGERS

    def find(
        self, clauses: Clauses, needs: Sequence[tuple[int, int]], names: frozenset[str]
    ) -> Iterator[Request]:
        """In no order, some of them twice; `needs` are the phrases of english/intents.toml."""
        words, openings = clauses.words, clauses.openings
        for first, last in needs:
            yield from self._needed(clauses, first, last)
        tasks, openers = self._tasks, self._tasks.openers
        candidates = {index for index, word in enumerate(words) if word in self._candidates}
        for index in candidates.union(openings):
            word = words[index]
            is_opening = index in openings or (index - 1 in openings and words[index - 1] in _ALL)
            if word == "please" and index + 1 < len(words) and not self._ends_sentence(clauses, index):
                verb = tasks.skip_polite(words, index + 1)
                if tasks.is_told(words, verb):
                    yield Request(index, verb, self._called(clauses, index, names))
            elif word in _ASKING or word == "why":
                yield from self._asked(clauses, index, names)
            elif is_opening:
                yield from self._assigned(clauses, index, names)
            if word not in openers:
                continue
            if (is_opening or self._follows(clauses, index)) and self._is_instruction(clauses, index, names):
                yield Request(index, index, self._called(clauses, index, names))

    def _needed(self, clauses: Clauses, first: int, last: int) -> Iterator[Request]:
        words = clauses.words
        if first in clauses.supposed and words[first] != "if":
            return
        if first and words[first - 1] in _TURNED_BEFORE:
            return
        if words[first] == "if" and any(
            word in self._grammar.question_words and following in ("would", "will")
            for word, following in pairwise(words[last : last + 8])
        ):
            return  # "if you could change one thing what would it be"
        verb = self._tasks.skip_polite(words, last)
        if self._tasks.is_needed(words, verb):
            yield Request(
                first, verb, words[first] if words[first] in ("we", "somebody", "someone") else "you"
            )

    def _asked(self, clauses: Clauses, index: int, names: frozenset[str]) -> Iterator[Request]:
        """ "can you …", "why don't you …", "could Tom …"; not "what can you …"."""
        words = clauses.words
        before = words[max(0, index - 6) : index]
        if not self._grammar.question_words.isdisjoint(before) or before[-1:] in (["as"], ["than"]):
            return
        after = tuple(words[index + 1 : index + 4])
        if words[index] == "why":
            subject = 4 if after == ("do", "not", "you") else 0
        elif after == ("one", "of", "you"):
            subject = 4
        else:
            subject = 2 if after[:1] and after[0] in _ASKED else 0
        if subject:
            verb = self._tasks.skip_polite(words, index + subject)
            if self._tasks.is_asked(words, verb) and words[verb : verb + 2] != ["stay", "with"]:
                who = "one of you" if after == ("one", "of", "you") else self._called(clauses, index, names)
                yield Request(index, verb, who)
        elif words[index] != "why" and index + 2 < len(words) and words[index + 2] in self._tasks.plain:
            is_capital = clauses.reading.text[clauses.reading.starts[index + 1]].isupper()
            if words[index + 1] in names or (is_capital and self._is_name(words[index + 1], names)):
                yield Request(index, index + 2, _text(clauses, index + 1))

    def _assigned(self, clauses: Clauses, index: int, names: frozenset[str]) -> Iterator[Request]:
        """ "Tom will …", "Tom you …"."""
        words = clauses.words
        following = words[index + 1] if index + 1 < len(words) else ""
        if following == "you" and self._is_name(words[index].rstrip("s"), names):
            verb = index + 2 + (words[index + 2 : index + 3] == ["will"])
            if verb + 1 < len(words) and words[verb] in self._tasks.plain:
                yield Request(index, verb, _text(clauses, index))
        if following not in _ASSIGNERS or not self._is_name(words[index], names):
            return
        if index and words[index - 1] == "no":
            return
        for verb_phrase in _ASSIGNING:
            last = index + 1 + len(verb_phrase)
            if tuple(words[index + 1 : last]) == verb_phrase and last < len(words):
                verb = self._tasks.skip_polite(words, last)
                if words[verb] in self._tasks.verbs and words[verb] != "be":
                    yield Request(index, verb, _text(clauses, index))
                return

    def _is_instruction(self, clauses: Clauses, index: int, names: frozenset[str]) -> bool:
        words = clauses.words
        if words[index] == "see" and words[index + 1 : index + 2] == ["me"]:
            return bool(index) and words[index - 1] in names
        if index not in clauses.starts and index in clauses.openings and _is_asked_about(clauses, index):
            return False
        return self._tasks.is_instruction(words, index, index + 1 in clauses.reading.breaks)

    def _follows(self, clauses: Clauses, index: int) -> bool:
        """Whether an instruction may follow here without a mark: after "so", after "or" that no verb stands
        before ("to the office or call me"), and, in a text without marks, after a clause ("it's online |
        fill it in")."""
        words, grammar = clauses.words, self._grammar
        word = words[index]
        before = words[index - 1] if index else ""
        if word == "do" and words[index + 1 : index + 2] == ["not"]:
            return before in ("and", "but", "so", "then") or not (
                before in grammar.pronouns or before in grammar.question_words or before in _DO_SUBJECTS
                or before in grammar.auxiliaries or before.endswith(("s", "ly"))
            )  # fmt: skip
        if not index or word not in self._tasks.plain:
            return False
        if before == "so":
            return index > 1 and words[index - 2] not in ("and", "not")
        said = words[max(0, index - _LONGEST) : index]
        following = words[index + 1] if index + 1 < len(words) else ""
        if before == "and" and following in _OWNERS and words[index - 2] in grammar.auxiliaries:
            return True  # "it is and ring my mobile"
        if before in _JOINING or (before == "and" and (following in _OWNERS or following in _DIRECT)):
            is_clause = "let" in said or not grammar.auxiliaries.isdisjoint(said)
            return not is_clause and grammar.pronouns.isdisjoint(said)
        if len(clauses.reading.breaks) > 1:
            return False
        if self._is_fronted(words, index, following):
            return True
        return self._goes_on(words, index, following)

    def _goes_on(self, words: list[str], index: int, following: str) -> bool:
        """Whether a clause that has its verb ends before a verb that no subject, no auxiliary and no "to"
        governs: "that's normal | put your belt on"."""
        grammar, tasks = self._grammar, self._tasks
        word = words[index]
        if word in grammar.noun_verbs:
            is_object = following in _OWNERS or (word == "turn" and following in ("left", "right", "off"))
        else:
            is_object = following in grammar.determiners or following in _OWNERS or following in _DIRECT
            is_object = is_object or following in ("for", "away", "back", "off", "out", "up")
        first = index
        while first and (words[first - 1] in _PASSED or words[first - 1].endswith("ly")):
            first -= 1
        if not is_object or not first:
            return False
        before, said = words[first - 1], words[max(0, index - _LONGEST) : first]
        is_stated = not (grammar.auxiliaries.isdisjoint(said) and _SUBJECTS.isdisjoint(said))
        if not is_stated or before in _NO_END:
            return False
        is_end = not (
            before in grammar.pronouns - {"it", "that", "this", "there"} or before in grammar.determiners
            or before in grammar.auxiliaries or (before in tasks.plain and first < index)
            or before in _HOLDERS or (before.endswith("s") and _FULL_STOPS.isdisjoint(words[first:index]))
        )  # fmt: skip
        return is_end and _INFINITIVE_AFTER.isdisjoint(words[max(0, first - _FAR) : index])

    def _is_fronted(self, words: list[str], index: int, following: str) -> bool:
        """Whether all before a verb says only when or in which case: "for Thursday | read the", "if it gets
        worse | call us"."""
        grammar, before = self._grammar, words[index - 1]
        if before in _NEVER_BEFORE or before in grammar.pronouns or before in grammar.auxiliaries:
            return False
        if before in grammar.determiners:
            return False
        first = 0
        while first < index and words[first] in grammar.lead_ins:
            first += 1
        if first < index and words[first] in _FRONTS:
            said = words[first:index]
            is_short = index - first <= _LONGEST_FRONT and following in _DIRECT
            return is_short and grammar.auxiliaries.isdisjoint(said) and grammar.pronouns.isdisjoint(said)
        for case in range(index - 3, max(-1, index - 10), -1):
            if words[case] in _CASES and (case == first or words[case] == "if"):
                return following in _DIRECT or following in ("for", "a", "an")
        return False

    def _ends_sentence(self, clauses: Clauses, index: int) -> bool:
        """Whether a sentence ends with the word: "for me, please. Slowly."."""
        reading = clauses.reading
        return reading.text[reading.ends[index] : reading.ends[index] + 1] in (".", "!", "?")

    def _is_name(self, word: str, names: frozenset[str]) -> bool:
        """A noun without an article, in the singular, is a name for all that can be told."""
        grammar = self._grammar
        return word in names or not (
            word in _NO_NAMES or word.endswith(("s", "ing")) or word in grammar.stop_words
            or word in grammar.lead_ins or word in grammar.pronouns or word in grammar.determiners
            or word in grammar.auxiliaries or word in grammar.question_words or word in grammar.conditionals
            or word in self._tasks.verbs
        )  # fmt: skip

    def _called(self, clauses: Clauses, index: int, names: frozenset[str]) -> str:
        """The name that stands before an instruction, or "you"."""
        if index and (clauses.words[index - 1] in names or clauses.is_called(index - 1)):
            return _text(clauses, index - 1)
        return "you"


def _is_asked_about(clauses: Clauses, index: int) -> bool:
    """Whether the sentence of a place asks, and not by a tag: "what does it mean, step back?"."""
    reading = clauses.reading
    for sentence in reading.sentences:
        if sentence.first <= index < sentence.last:
            end = reading.ends[sentence.last - 1]
            return reading.text[end : end + 1] == "?" and clauses.words[sentence.last - 1] not in _TAGS
    return False


def _text(clauses: Clauses, index: int) -> str:
    reading = clauses.reading
    return reading.text[reading.starts[index] : reading.ends[index]]
