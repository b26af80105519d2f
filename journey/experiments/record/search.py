"""Finding again what was tried: by words in any form, in what was planned, decided and learned."""

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

WEIGHTS = {"about": 4, "experiment": 4, "metrics": 3, "hypothesis": 2, "learned": 2, "why": 1, "variants": 1, "owner": 1}
"""What is searched, and how much a word found there counts."""
PASSED = (
    "a", "about", "an", "and", "any", "are", "at", "be", "been", "by", "can", "could", "did", "do", "does", "for", "from", "had", "has",
    "have", "how", "i", "in", "is", "it", "its", "know", "learn", "learned", "learnt", "me", "of", "on", "or", "our", "show", "so",
    "test", "tested", "testing", "tests", "tell", "than", "that", "the", "their", "them", "then", "there", "these", "they", "this",
    "those", "to", "tried", "try", "us", "was", "we", "were", "what", "when", "where", "whether", "which", "who", "why", "will", "with",
    "would", "experiment", "experiments", "find", "found",
)  # fmt: skip
"""Words that a question is made of, and that say nothing of what it is about."""
SHORTEST = 3  # letters of a word that is taken as the beginning of a longer one
NEAR = 0.8


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without its commonest English endings: shipped, shipping and ships are ship; pages and page are one."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        word = word[:-1]
    for ending in ("ing", "ed"):
        whole = word.removesuffix(ending)
        if whole != word and len(whole) >= SHORTEST and re.search("[aeiouy]", whole):
            word = whole[:-1] if len(whole) > SHORTEST and whole[-1] == whole[-2] and whole[-1] not in "ls" else whole
            break
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def stems(text: str) -> list[str]:
    """The words of a text in their order, whatever their case, accents and endings."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return [stem(word) for word in re.findall(r"\w+", "".join(sign for sign in plain if not unicodedata.combining(sign)))]


def asked_for(text: str) -> list[str]:
    """The words of a question that say what it is about: "what did we learn about checkout?" -> ["checkout"]."""
    passed = {stem(word) for word in PASSED}
    return list(dict.fromkeys(word for word in stems(text) if word not in passed))


def matches(words: Sequence[str], fields: Mapping[str, str]) -> dict[str, int]:
    """word -> the weight of the best place it was found in; fields: what is searched, by a name of WEIGHTS.

    A word also finds longer ones that begin with it, and two beside each other ("check out") find them written as one.
    """
    found: dict[str, int] = {}
    held = {name: _held(text) for name, text in fields.items()}
    for word in words:
        weights = [WEIGHTS[name] for name, known in held.items() if _finds(word, known)]
        if weights:
            found[word] = max(weights)
    for first, second in pairwise(words):
        weights = [WEIGHTS[name] for name, known in held.items() if first + second in known]
        if weights:
            found |= {first: max(weights), second: max(weights)}
    return found


def nearest_word(word: str, texts: Sequence[str]) -> str | None:
    """A word of the texts that is written nearly like this one; None where none is."""
    known = {found for text in texts for found in stems(text) if len(found) >= SHORTEST}
    near = difflib.get_close_matches(word, sorted(known), 1, NEAR)
    return near[0] if near else None


def _held(text: str) -> set[str]:
    words = stems(text)
    return {*words, *(first + second for first, second in pairwise(words))}


def _finds(word: str, known: set[str]) -> bool:
    return word in known or (len(word) >= SHORTEST and any(other.startswith(word) for other in known))
