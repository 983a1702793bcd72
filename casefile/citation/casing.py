"""Titles in the case of titles, by the rules of CSL 1.0.2 ("Text-case") as its reference processor, citeproc-js, follows them."""

from __future__ import annotations

import re

# Words that stay small within a title: those that citeproc-js lists.
_SMALL_WORDS = (
    "a about above across afore after against al along alongside amid amidst among amongst an and anenst apropos "
    "apud around as aside astride at athwart atop barring before behind below beneath beside besides between "
    "beyond but by c ca circa d' de despite down during et except for forenenst from given in inside into lest "
    "like modulo near next nor notwithstanding of off on onto or out over per plus pro qua sans since so than the "
    "through throughout thruout till to toward towards under underneath until unto up upon v v. van versus via "
    "vis-à-vis von vs vs. with within without yet "
)
_SMALL = frozenset(_SMALL_WORDS.split())
_PARTING = re.compile(r"([-–—/.,;?!:\[\]()‘’“”\"'])")


def title_case(text: str) -> str:
    """A text in the case of titles: a word that is all small letters begins with a capital, unless it is a small word within.

    The first word, the last, and one after a colon, a question or an exclamation are never small words.
    """
    parts = _PARTING.split(text)
    begins = True  # of the text, or after such a stop
    last: tuple[int, int] | None = None  # where the last word stands
    for place in range(0, len(parts), 2):
        sign = parts[place - 1] if place else ""
        begins = begins or sign in ("!", "?", ":") if sign else begins
        within = sign in ("'", "’") and parts[place - 2][-1:].isalnum()  # what follows an apostrophe ends a word
        words = re.split("([ \u00a0\u2000-\u200b]+)", parts[place])
        for at in range(0, len(words), 2):
            word = words[at]
            if not word:
                continue
            before_hyphen = place == 0 and at == len(words) - 1 and parts[1:2] == ["-"]
            large = begins or before_hyphen or (len(word) > 1 and word not in _SMALL)
            if large and word == word.lower() and not (within and at == 0):
                words[at] = word[0].upper() + word[1:]
            begins, last = False, None if within and at == 0 else (place, at)
        parts[place] = "".join(words)
    if last:
        words = re.split("([ \u00a0\u2000-\u200b]+)", parts[last[0]])
        word = words[last[1]]
        if len(word) > 1 and word in _SMALL:
            words[last[1]] = word[0].upper() + word[1:]
            parts[last[0]] = "".join(words)
    return "".join(parts)
