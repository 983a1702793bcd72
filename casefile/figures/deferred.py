"""Charts that are built when somebody looks at them: for runs that draw nothing, in which building them would be most of the work.

Altair copies and validates a chart at each step of its making. Here each step is noted instead, and all are taken as soon
as anything but a further step is asked of the chart; what then comes is Altair's own. No figure can differ by it: what such
a run leaves holds no specification, and charts are deferred in its own process alone.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any, SupportsIndex

import altair as alt
from altair.utils import schemapi

_STEP = re.compile(r"(mark|transform|configure|resolve|add)_\w+|encode|properties|facet|repeat|interactive|project")
_STEPS = {name for kind in (alt.Chart, alt.LayerChart, alt.ConcatChart) for name in dir(kind) if _STEP.fullmatch(name)}
_WHOLES = ("layer", "hconcat", "vconcat", "concat")


class Deferred:
    """A chart that is not built yet: what builds it, and from what, other such charts among it."""

    def __init__(self, build: Callable[..., Any], *arguments: Any, **settings: Any) -> None:
        self.__dict__["_steps"] = build, arguments, settings

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        """What Altair makes of it, for whoever asks by `isinstance`."""
        return type(built(self))

    def __getattr__(self, name: str) -> Any:
        if name not in _STEPS:
            return getattr(built(self), name)
        return lambda *arguments, **settings: Deferred(operator.methodcaller(name, *arguments, **settings), self)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(built(self), name, value)

    def __getitem__(self, name: str) -> Any:
        return built(self)[name]

    def __setitem__(self, name: str, value: Any) -> None:
        built(self)[name] = value

    def __eq__(self, other: object) -> bool:
        return bool(built(self) == built(other))

    def __repr__(self) -> str:
        return repr(built(self))

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        return built(self).__reduce_ex__(protocol)  # a copy, and what is read back, is Altair's chart

    def __add__(self, other: Any) -> Deferred:
        return Deferred(operator.add, self, other)

    def __or__(self, other: Any) -> Deferred:
        return Deferred(operator.or_, self, other)

    def __and__(self, other: Any) -> Deferred:
        return Deferred(operator.and_, self, other)


def built(chart: Any) -> Any:
    """A chart as Altair builds it, once; what is no deferred chart stays as it is."""
    if type(chart) is not Deferred:
        return chart
    if "_built" not in chart.__dict__:
        build, arguments, settings = chart.__dict__["_steps"]
        chart.__dict__["_built"] = build(*map(built, arguments), **settings)
    return chart.__dict__["_built"]


class _Kind(type):
    """The kind of Altair's single charts, whose instances are deferred ones; a kind made of it is made of Altair's."""

    def __new__(mcs, name: str, bases: tuple[type, ...], members: dict[str, Any]) -> Any:
        if not bases:
            return super().__new__(mcs, name, bases, members)
        return type(name, tuple(_CHART if isinstance(base, _Kind) else base for base in bases), members)

    def __call__(cls, *arguments: Any, **settings: Any) -> Deferred:
        return Deferred(_CHART, *arguments, **settings)

    def __instancecheck__(cls, one: Any) -> bool:
        return isinstance(one, _CHART)

    def __subclasscheck__(cls, kind: type) -> bool:
        return issubclass(kind, _CHART)

    def __getattr__(cls, name: str) -> Any:
        return getattr(_CHART, name)


_CHART = alt.Chart


def defer() -> None:
    """Have every chart of this process deferred from now on, whoever makes it by `alt.Chart`, `alt.layer` and their like.

    Its parts, axes and scales say what is wrong with them when it is built, too.
    """
    schemapi.disable_debug_mode()
    alt.Chart = _Kind("Chart", (), {})  # type: ignore[misc]
    for name in _WHOLES:
        build = getattr(alt, name)
        setattr(alt, name, lambda *charts, build=build, **settings: Deferred(build, *charts, **settings))
