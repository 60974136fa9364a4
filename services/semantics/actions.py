"""Action items: who is to do what, and by when."""

from collections.abc import Iterator
from typing import NamedTuple

from services.semantics.clauses import Clauses
from services.semantics.lists import WordLists
from services.semantics.meaning import Intent
from services.semantics.phrasebook import Phrases
from services.semantics.requests import Request, Requests
from services.semantics.tasks import Tasks
from services.semantics.timing import timing
from services.semantics.words import word_set

_NEW_SUBJECTS = word_set("i we he she they")
_HOLDING = word_set(
    "that which what as when before after until till if once where how whether who than why because the"
)
_CONJUNCTIONS = word_set("and or but then")
_GOING_ON = word_set("it this that these those")
_HALTS = word_set("because otherwise so thanks thank although since while but okay please")
_BEFORE_NOUNS = word_set("of between under during within per into and or but then")
_EMPTY_ALONE = word_set("do be go come get have")
_LONGEST = 40  # words of one item


class ActionItem(NamedTuple):
    """Places of words: of the whole, of what is to be done, of when (empty where not said); who, as text."""

    first: int
    last: int
    what: tuple[int, int]
    when: tuple[int, int]
    who: str


class Actions:
    """Finds action items."""

    def __init__(self, lists: WordLists) -> None:
        self._grammar = lists.grammar
        self._tasks = Tasks(lists.grammar)
        self._requests = Requests(lists.grammar, self._tasks)

    def find(
        self, clauses: Clauses, phrases: Phrases, names: frozenset[str], dated: frozenset[int]
    ) -> list[ActionItem]:
        """In order of place; `dated` are words that name a time."""
        found: list[ActionItem] = []
        done = 0
        requests = set(self._requests.find(clauses, phrases.of(Intent.ACTION_ITEM), names))
        for request in sorted(requests):
            if request.first >= done and request.verb >= done:
                for item in self._items(clauses, request, dated):
                    found.append(item)
                    done = item.last
        return found

    def _items(self, clauses: Clauses, request: Request, dated: frozenset[int]) -> Iterator[ActionItem]:
        """The item, and the next ones that "and" joins to it; what one says of the time goes for those
        before."""
        found: list[tuple[int, int]] = []
        begin: int | None = request.verb
        while begin is not None:
            last, following = self._extent(clauses, begin)
            found.append((begin, last))
            begin = following
        whens = [timing(clauses, begin, last, dated) for begin, last in found]
        for (begin, last), own in zip(found, whens, strict=True):
            what = (begin, own[0]) if own[1] == last else (own[1], last)
            when = own if own[0] < own[1] else whens[-1]
            if what[1] - what[0] > 1 or clauses.words[begin] not in _EMPTY_ALONE:
                first = request.first if begin == request.verb else begin
                yield ActionItem(first, last, what, when, request.who)

    def _extent(self, clauses: Clauses, verb: int) -> tuple[int, int | None]:
        """One past the last word of a task, and the verb of the next one that belongs to it."""
        words, breaks = clauses.words, clauses.reading.breaks
        end = min(len(words), verb + _LONGEST)
        for index in range(verb + 1, end):
            word = words[index]
            if word in _CONJUNCTIONS:
                following = self._tasks.skip_polite(words, index + 1)
                if self._tasks.is_joined(words, following):
                    return index, following
                if self._opens_clause(words, index + 1):
                    return index, None
            if index in breaks or word in _HALTS or (word in ("right", "yes") and index + 1 == end):
                return index, None
            if index > verb + 1 and self._begins_clause(words, verb, index):
                return index, None
        return end, None

    def _opens_clause(self, words: list[str], index: int) -> bool:
        """Whether a clause of its own stands after a conjunction, not another object."""
        grammar = self._grammar
        opens = words[index] if index < len(words) else ""
        return words[index + 1 : index + 2] == ["you"] or (
            opens in grammar.pronouns - _GOING_ON or opens in grammar.lead_ins or opens in grammar.talk_verbs
            or opens in grammar.auxiliaries or opens in grammar.question_words or opens in ("if", "let")
        )  # fmt: skip

    def _begins_clause(self, words: list[str], verb: int, index: int) -> bool:
        """Whether a subject with its verb, or the reverse, stands here without a mark before it."""
        auxiliaries = self._grammar.auxiliaries
        word, before = words[index], words[index - 1]
        following = words[index + 1] if index + 1 < len(words) else ""
        if index > verb + 2 and word in self._grammar.determiners and self._restarts(words, index):
            return True
        if before in _HOLDING or not following:
            return False
        if word in auxiliaries:
            return following in ("i", "you", "we", "there")
        is_subject = word in _NEW_SUBJECTS and following != "are"
        is_stated = word in ("it", "that", "there", "this", "you") and following in auxiliaries
        # "when you come", "the list we made": a clause that hangs on the task.
        is_relative = not _HOLDING.isdisjoint(words[max(verb + 1, index - 2) : index])
        return (is_subject or is_stated) and not is_relative

    def _restarts(self, words: list[str], index: int) -> bool:
        """Whether a determiner opens a clause with a verb of its own: "the passports | the old ones are
        …"."""
        before = words[index - 1]
        if self._tasks.holds(before) or before in _HOLDING or before in _BEFORE_NOUNS:
            return False
        return not self._grammar.auxiliaries.isdisjoint(words[index + 2 : index + 7])
