"""Signs as LaTeX writes them, and the text that a field of BibTeX says, whoever wrote it."""

from __future__ import annotations

import re
import unicodedata

# Commands that reference managers write for a sign; both sides of verification read by this one table.
COMMANDS = {
    "textunderscore": "_", "textasciitilde": "~", "textasciicircum": "^", "textbackslash": "\\", "textbraceleft": "{",
    "textbraceright": "}", "textminus": "−", "texttimes": "×", "times": "×", "textdollar": "$", "textpercent": "%",
    "textendash": "–", "textemdash": "—", "textquoteleft": "‘", "textquoteright": "’", "textquotedblleft": "“",
    "textquotedblright": "”", "textquotesingle": "'", "textquotedbl": '"', "euro": "€", "texteuro": "€", "EUR": "€", "pounds": "£",
    "textsterling": "£", "textyen": "¥", "textdegree": "°", "textpm": "±", "pm": "±", "approx": "≈", "sim": "~", "le": "≤", "leq": "≤",
    "ge": "≥", "geq": "≥", "ldots": "…", "dots": "…", "textellipsis": "…", "ss": "ß", "textless": "<", "textgreater": ">",
    "textbar": "|", "textbullet": "•", "textnumero": "№", "cdot": "·", "textperiodcentered": "·", "slash": "/", "ae": "æ", "oe": "œ",
    "o": "ø", "aa": "å", "i": "ı", "emph": "", "textit": "", "textbf": "", "textrm": "", "texttt": "", "textsc": "", "mathrm": "",
    "ensuremath": "", "url": "", "relax": "", "em": "", "it": "",
}  # fmt: skip
_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307", '"': "\u0308",
    "r": "\u030a", "H": "\u030b", "v": "\u030c", "c": "\u0327", "k": "\u0328",
}  # fmt: skip
RAISED = dict(zip("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻", strict=True))
_TOKEN = re.compile(
    r"(?P<minus>\$\s*-\s*\$)|(?:\\textsuperscript\s*|\^)(?:\{(?P<raised>[^{}]*)\}|(?P<digit>[0-9]))"
    r"|\\(?P<accent>[`'^\"~=.]|[uvHcrk](?=\s*\{))\s*(?:\{\\?(?P<in>[A-Za-z])(?:\{\})?\}|\\?(?P<on>[A-Za-z]))"
    r"|\\(?P<command>[A-Za-z]+)(?:\{\}|[ \t]+)?|\\(?P<escaped>.)|(?P<nothing>[${}])|(?P<blank>~)|(?P<dash>---?)",
    re.DOTALL,
)


def latex_text(text: str) -> str:
    """What a text written for LaTeX says; a command that is no sign's stays, with its backslash."""
    if len(re.findall(r"(?<!\\)\$", text)) % 2:  # then it opens nothing, and stands for itself
        text = re.sub(r"(?<!\\)\$", r"\\$", text)
    return unicodedata.normalize("NFC", _TOKEN.sub(_said, text))


def _said(token: re.Match[str]) -> str:
    if token["minus"]:
        return "−"
    if token["raised"] is not None or token["digit"]:
        return "".join(RAISED.get(sign, f"^{sign}") for sign in latex_text(token["raised"] or token["digit"]))
    if token["accent"]:
        return (token["in"] or token["on"]) + _ACCENTS[token["accent"]]
    if token["command"]:
        return COMMANDS.get(token["command"], token[0])
    if token["escaped"] or token["blank"]:
        return token["escaped"] or " "
    return "–" if token["dash"] else ""


# What LaTeX takes for its own, or its usual fonts lack, and how it is written so that every engine prints it.
_WRITTEN = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "$": r"\$", "%": r"\%", "&": r"\&",
    "#": r"\#", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "−": "$-$", "≈": r"$\approx$", "≤": r"$\leq$",
    "≥": r"$\geq$", "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", "\u00a0": "~", "\u202f": "~", "\u2009": "~",
}  # fmt: skip
_LOWERED = {raised: sign for sign, raised in RAISED.items() if sign != "−"}
_RUN = re.compile(f"[{re.escape(''.join(_WRITTEN))}]|[{''.join(_LOWERED)}]+")


def escaped(text: str) -> str:
    """A text so that LaTeX prints it sign for sign."""
    return _RUN.sub(lambda run: _WRITTEN.get(run[0]) or _superscript(run[0]), text)


def _superscript(raised: str) -> str:
    return rf"\textsuperscript{{{''.join(_LOWERED[sign] for sign in raised).replace('-', '$-$')}}}"
