"""Names of a user's list, as whole words, in any case, with or without accents, or spelled letter by letter.

A name is found as it stands in the list: "Anna Berg" is not found in "Mrs Berg". Who wants that lists "Berg".
"""

import unicodedata
from collections.abc import Iterable, Iterator

from services.text.redaction.folding import fold
from services.text.redaction.kinds import Found, Kind
from services.text.redaction.scan import HIDDEN, Scan
from services.text.redaction.spelling import LETTER_WORDS, letter_at

MOST_NAMES = 10_000
LONGEST_NAME = 100
"""Characters."""
_SHORTEST_SPELLED = 3  # letters
_LINKS = ("-", ".")
_BASES = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "\u0131": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ß": "ss",
        "'": None,
    }
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


class Names:
    """The names of a list.

    Raises ValueError for a name without a letter or a digit, for one of more than `LONGEST_NAME` characters,
    and for more than `MOST_NAMES`.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._by_first: dict[str, dict[tuple[str, ...], str]] = {}
        self._spelled: dict[str, str] = {}
        self._begins: set[str] = set()
        listed = tuple(names)
        if len(listed) > MOST_NAMES:
            raise ValueError(f"{len(listed)} names are more than {MOST_NAMES}")
        for name in listed:
            self._add(name)
        self._most = max((len(words) for each in self._by_first.values() for words in each), default=0)

    def _add(self, name: str) -> None:
        words = [word for word in Scan(fold(name).text).words if word[0].isalnum()]
        if not words or HIDDEN in name or len(name) > LONGEST_NAME:
            raise ValueError(
                f"no name to look for, of 1 to {LONGEST_NAME} characters: {name[:LONGEST_NAME]!r}"
            )
        value = " ".join(map(_plain, words))
        for spelling in (
            tuple(map(_plain, words)),
            tuple(_plain(word.translate(_UMLAUTS)) for word in words),
        ):
            for form in (spelling, ("".join(spelling),)):
                self._by_first.setdefault(form[0], {}).setdefault(form, value)
            letters = "".join(spelling)
            if len(letters) >= _SHORTEST_SPELLED:
                self._spelled.setdefault(letters, value)
                self._begins.update(letters[:end] for end in range(1, len(letters) + 1))

    def __call__(self, scan: Scan) -> Iterator[Found]:
        """All names in a text: the longest first where several begin at one word."""
        if not self._by_first:
            return
        taken = 0
        known = self._by_first
        for index, word in enumerate(scan.words):
            if index < taken:
                continue
            if word in known or "'" in word or not word.isascii():
                found = self._at(scan, index)
            elif len(word) == 1 or word in LETTER_WORDS:
                found = self._spelled_at(scan, index)
            else:
                continue
            if found is not None:
                value, taken, end = found
                yield Found(Kind.NAME, scan.starts[index], end, value)

    def _at(self, scan: Scan, first: int) -> tuple[str, int, int] | None:
        """Of the name that begins at a token: its value, one past its last token, one past its last
        character."""
        word = scan.words[first]
        begin, length = _bare(word)
        known = self._by_first.get(begin)
        if known is None:
            return None
        words = [begin]
        best = (known[begin,], first + 1, scan.starts[first] + length) if (begin,) in known else None
        index = first + 1
        while length == len(word) and len(words) < self._most:
            index += scan.word(index) in _LINKS
            word = scan.word(index)
            if not word[:1].isalnum():
                break
            following, length = _bare(word)
            words.append(following)
            if (value := known.get(tuple(words))) is not None:
                best = (value, index + 1, scan.starts[index] + length)
            index += 1
        return best

    def _spelled_at(self, scan: Scan, first: int) -> tuple[str, int, int] | None:
        letters = ""
        index = first
        best = None
        while (letter := letter_at(scan, index)) is not None:
            letters += letter.characters
            if letters not in self._begins:
                break
            index = letter.last
            if letters in self._spelled:
                best = (self._spelled[letters], index, scan.ends[index - 1])
            index += scan.word(index) in _LINKS
        return best


def _bare(word: str) -> tuple[str, int]:
    """A word without accents and without the 's of a possessor, and the length of what it was made of."""
    bare = word.removesuffix("'s")
    return (bare if bare.isascii() and "'" not in bare else _plain(bare)), len(bare)


def _plain(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word.translate(_BASES))
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()
