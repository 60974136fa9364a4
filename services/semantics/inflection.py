"""Inflections of English words, by suffix rules that make every plausible form and some that do not exist.

A form that no one uses is never met, so too many do no harm; forms that no rule makes ("left") stand in the
word lists. Source of the rules: Quirk et al., A Comprehensive Grammar of the English Language, 3.5 to 3.10
(verbs), 5.79 to 5.81 (plurals), 7.76 to 7.79 (comparison).
"""

import re

_SIBILANT = re.compile(r"(?:s|x|z|ch|sh)$")
_CONSONANT_Y = re.compile(r"[^aeiou]y$")
# Consonant, vowel, consonant: doubles the last letter if it is stressed, or in British "cancelled". Both
# forms are made, for spelling does not show stress.
_DOUBLES = re.compile(r"[^aeiou][aeiou][^aeiouwxy]$")
_SIBILANT_PLURAL = re.compile(r"(?:ss|x|zz|ch|sh)es$")


def verb_forms(base: str) -> set[str]:
    """The base, its -s, -ed and -ing forms."""
    forms = {base, _with_s(base)}
    for stem in _stems(base):
        forms |= {f"{stem}ed", f"{stem}ing"}
    if base.endswith("e"):
        forms.add(f"{base}d")
    if _CONSONANT_Y.search(base):
        forms |= {f"{base[:-1]}ied", f"{base}ing"}
    return forms


def noun_forms(base: str) -> set[str]:
    """The base, its plural and its possessive; that of the plural is the plural to a reader of words."""
    return {base, _with_s(base), f"{base}'s"}


def adjective_forms(base: str) -> set[str]:
    """The base, comparative and superlative, and the adverb in -ly."""
    forms = {base, f"{base[:-1]}y" if base.endswith("le") else f"{base}ly"}
    for stem in (f"{base[:-1]}i",) if _CONSONANT_Y.search(base) else _stems(base):
        forms |= {f"{stem}er", f"{stem}est"}
    return forms


def singular(word: str) -> str:
    """The base of a noun, as far as its ending tells it: "companies" is "company", "agent's" is "agent"."""
    word = word.removesuffix("'s")
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if _SIBILANT_PLURAL.search(word):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _with_s(base: str) -> str:
    if _CONSONANT_Y.search(base):
        return f"{base[:-1]}ies"
    return f"{base}es" if _SIBILANT.search(base) else f"{base}s"


def _stems(base: str) -> tuple[str, ...]:
    """What endings that begin with a vowel are put to."""
    if base.endswith("e"):
        return (base[:-1],)
    if _DOUBLES.search(base):
        return (base, base + base[-1])
    return (base,)
