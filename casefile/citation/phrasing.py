"""Citations that no CSL file words: a sentence, in English and French, a line for a news story, Wikipedia's template, HTML.

Each says what the record says, in other words around it; `wording` knows these, so that `verify` reads each of them back.
"""

from __future__ import annotations

import html
import re

from casefile.citation.citable import CitableItem
from casefile.citation.record_formats import Record, author_name
from casefile.figures import formats

_NOUNS = {"number": "the figure", "chart": "the chart", "claim": "the claim", "section": "the section", "page": "the page"}  # fmt: skip
_FRENCH_NOUNS = {"chart": "le graphique", "section": "la section", "page": "la page"}
# What a record's note says, in French.
_FRENCH_NOTE = (
    (r"Draft after edition (\S+?)(?=\. |$)", r"Version préparatoire, après l’édition \1"), (r"Edition (\S+) of", r"Édition \1 du"),
    (r"Computed with", "Calculé avec"),
    (r"not with the book's own parameters", "et non avec les paramètres du livre"),
)  # fmt: skip


def english_sentence(item: CitableItem, csl_record: Record) -> str:
    """A sentence ready to paste, with the number or the verdict in it."""
    start = f"{_authors(csl_record, 'and')} ({_year(csl_record)})"
    said = {
        "number": f"{start} gives, for “{item.title}”, {_value(item)}",
        "claim": f"{start} finds the claim “{item.title}” {item.text}",
        "book": f"See {start}, “{csl_record['title']}”",
    }.get(item.kind, f"See {_NOUNS.get(item.kind, '')} “{item.title}” of {start}")
    return f"{said} [{csl_record['note']}]."


def french_sentence(item: CitableItem, csl_record: Record) -> str:
    """The sentence in French; title, verdict and number as the book prints them."""
    start = f"{_authors(csl_record, 'et')} ({_year(csl_record)})"
    said = {
        "number": f"{start} donne, pour « {item.title} », {_value(item)}",
        "claim": f"Verdict de {start} sur l’affirmation « {item.title} » : {item.text}",
        "book": f"Voir {start}, « {csl_record['title']} »",
    }.get(item.kind, f"Voir {_FRENCH_NOUNS.get(item.kind, '')} « {item.title} » de {start}")
    note = str(csl_record["note"])
    for english, french in _FRENCH_NOTE:
        note = re.sub(english, french, note)
    return f"{said} [{note}]."


def news(item: CitableItem, csl_record: Record) -> str:
    """A line for a news story: what is said first, then who says it."""
    said = {
        "number": f"{item.title}: {_value(item)}",
        "claim": f"“{item.title}”: {item.text}",
        "chart": f"“{item.title}”",
    }
    if item.kind not in said:
        return english_sentence(item, csl_record)
    return f"{said[item.kind]}, according to {_authors(csl_record, 'and')} [{csl_record['note']}]."


def wikipedia(item: CitableItem, csl_record: Record) -> str:
    """A template of Wikipedia: `cite web` where there is an address, which it asks for, else `cite report`."""
    fields: dict[str, str] = {}
    for place, author in enumerate(csl_record["author"], start=1):
        number = "" if len(csl_record["author"]) == 1 else str(place)
        if "given" in author:
            last = " ".join(author[part] for part in ("non-dropping-particle", "family", "suffix") if part in author)
            fields |= {f"last{number}": last, f"first{number}": author["given"]}
        else:
            fields[f"author{number}"] = author_name(author)
    fields["title"] = csl_record["title"]
    if "container-title" in csl_record:
        fields |= (
            {"website": csl_record["container-title"]}
            if "URL" in csl_record
            else {"at": f"In {csl_record['container-title']}"}
        )
    year, month, day = csl_record["issued"]["date-parts"][0]
    fields["date"] = formats.date(f"{year}-{month:02}-{day:02}")
    fields |= {"url": csl_record["URL"]} if "URL" in csl_record else {}
    fields["id"] = csl_record["note"]
    said = " ".join(f"|{name}={_of_wiki(text) if name != 'url' else text}" for name, text in fields.items())
    return f"{{{{cite {'web' if 'URL' in csl_record else 'report'} {said}}}}}"


def _of_wiki(text: str) -> str:
    """A text as a value of a template: signs that would end the value or begin a link are entities."""
    return re.sub(r"[|\[\]{}<>]", lambda sign: f"&#{ord(sign[0])};", text)


def html_line(item: CitableItem, csl_record: Record) -> str:
    """A line of HTML, the title linked where there is an address."""
    words = html.escape(csl_record["title"], quote=False)
    linked = f'<a href="{html.escape(csl_record["URL"])}">{words}</a>' if "URL" in csl_record else f"“{words}”"
    container = (
        f", <cite>{html.escape(csl_record['container-title'], quote=False)}</cite>"
        if "container-title" in csl_record
        else ""
    )
    said, _, mark = str(csl_record["note"]).rpartition(". ")
    author = html.escape(_authors(csl_record, "and"), quote=False)
    return f"{author} ({_year(csl_record)}): {linked}{container}. {html.escape(said, quote=False)}. <code>{html.escape(mark, quote=False)}</code>"


def _authors(csl_record: Record, and_: str) -> str:
    return f" {and_} ".join(author_name(author) for author in csl_record["author"])


def _year(csl_record: Record) -> int:
    return int(csl_record["issued"]["date-parts"][0][0])


def _value(item: CitableItem) -> str:
    bound = item.qualifier and " to " not in item.range  # which the qualifier says
    return item.said + (f" ({item.range})" if item.range and not bound else "")
