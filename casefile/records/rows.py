"""The rows of the tables of `data/`: what is known, a kind of row each."""

from __future__ import annotations

from dataclasses import dataclass

ASSUMPTION = "assumption"
AT_LEAST, AT_MOST = "at least", "at most"


@dataclass(frozen=True)
class Origin:
    """The first place where a report was made; many sources may relay one origin."""

    id: str
    name: str
    date: str
    meaning: str


@dataclass(frozen=True)
class Source:
    """A publication that was read, or that is known through another (`grade`)."""

    id: str
    publisher: str
    title: str
    author: str
    published: str
    url: str
    accessed: str
    licence: str
    origin: str
    grade: str
    checked: str


@dataclass(frozen=True)
class Fact:
    """A number printed in a source: a value, a range, or both."""

    id: str
    value: float | None
    low: float | None
    high: float | None
    unit: str
    date: str
    meaning: str
    printed: str
    source: str
    locator: str
    grade: str
    note: str


@dataclass(frozen=True)
class Event:
    """A dated fact."""

    id: str
    date: str
    meaning: str
    printed: str
    source: str
    locator: str
    grade: str
    note: str


@dataclass(frozen=True)
class Reply:
    """What someone accused or concerned answered, or that they did not."""

    id: str
    who: str
    date: str
    meaning: str
    printed: str
    source: str
    locator: str
    grade: str


@dataclass(frozen=True)
class Claim:
    """One claim of the article, in own words, with its printed form and paragraph."""

    id: str
    paragraph: int
    claim: str
    printed: str
    allegation: bool
    finding: str
    chapter: str
    figures: tuple[str, ...]
    sources: tuple[str, ...]
    replies: tuple[str, ...]


@dataclass(frozen=True)
class Unit:
    """How a unit is defined (pint) and how its values are printed."""

    unit: str
    definition: str
    style: str
    prefix: str
    suffix: str
    digits: int
    meaning: str


Bound = float | str | None  # of what a parameter takes: a number, for a date a day; None where there is none


@dataclass(frozen=True)
class Declaration:
    """A parameter: its type, unit, bounds or choices, default, and what the default rests on.

    `chapter` is its home, which publishes its figure; the chapters of `read_by` take it too, always with the same value.
    """

    chapter: str
    name: str
    read_by: tuple[str, ...]
    figure: str
    type: str
    unit: str
    default: str
    minimum: Bound
    maximum: Bound
    choices: tuple[str, ...]
    low: float | None
    high: float | None
    meaning: str
    basis: str
    note: str

    @property
    def readers(self) -> tuple[str, ...]:
        """The chapters that take it, its home first."""
        return (self.chapter, *self.read_by)


@dataclass(frozen=True)
class Correction:
    """What this book said and no longer says: a `correction` of an error, or an `update` of data that others changed."""

    id: str
    kind: str
    date: str
    wrong: str
    right: str
    since: str
    figures: tuple[str, ...]
    sections: tuple[str, ...]
    claims: tuple[str, ...]
    owed_to: str
    note: str


@dataclass(frozen=True)
class Measure:
    """What a long run of the project's own checks measured, in `unit`; `bound` says what the goal is to the value."""

    id: str
    part: str
    meaning: str
    value: float | None
    unit: str
    bound: str
    goal: float | None
    date: str
    command: str

    @property
    def met(self) -> bool | None:
        """Whether the value keeps to the goal; None without one."""
        if self.value is None or self.goal is None:
            return None
        return self.value >= self.goal if self.bound == AT_LEAST else self.value <= self.goal
