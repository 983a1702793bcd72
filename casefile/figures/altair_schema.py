"""Altair's charts, read, copied and held to Vega-Lite's schema in a part of the time that Altair takes for it.

What comes of them is the same, which tests hold: three functions of Altair's, each without one thing that it does anew each time.
"""

from __future__ import annotations

import functools
import hashlib
from typing import Any

import altair as alt
from altair.utils import schemapi

from casefile.figures.encodings import Node


@functools.cache
def _of_schemas() -> Any:
    return schemapi._FromDict(alt.VegaLiteSchema._default_wrapper_classes())


def _from_dict(kind: Any, plain: Any, validate: bool = True) -> Any:
    """What Altair makes of plain data for a class of its own, as Altair does it, but for one thing.

    It hashes its six hundred schemas to find one by its hash, and does so anew for each channel of each chart.
    """
    if validate:
        kind.validate(plain)
    return _of_schemas().from_dict(plain, kind)


def _deep_copy(part: Any, by_ref: set[str]) -> Any:
    """A copy of a part of a chart, as Altair makes it when it layers charts, but for one thing.

    It asks of each of some hundred names that a part may have and has not what kind of thing to copy it is.
    """
    if isinstance(part, schemapi.SchemaBase):
        if hasattr(part, "__deepcopy__"):
            return _copied_by_altair(part, by_ref)
        with schemapi.debug_mode(False):
            words = [_deep_copy(word, by_ref) for word in part._args]
            return part.__class__(*words, **_copied(part._kwds, by_ref))
    if isinstance(part, dict):
        return _copied(part, by_ref)
    return [_deep_copy(one, by_ref) for one in part] if isinstance(part, list) else part


def _copied(parts: dict[str, Any], by_ref: set[str]) -> dict[str, Any]:
    return {
        name: one if one is alt.Undefined or name in by_ref else _deep_copy(one, by_ref) for name, one in parts.items()
    }


_of_altair: Any = schemapi
_copied_by_altair = _of_altair._deep_copy
_of_altair._deep_copy = _deep_copy
_made_of_schemas: Any = schemapi.SchemaBase
_made_of_schemas.from_dict = classmethod(_from_dict)


_held: set[str] = set()  # hashes of charts without their rows, which Vega-Lite's schema has taken


def held_to_schema(chart: Any) -> Node:
    """A chart as plain data, held to the schema: once for each form, whatever its rows, for that takes most of the time.

    Raises Altair's SchemaValidationError, ValueError or TypeError for a chart that is none.
    """
    plain: Node = chart.to_dict(validate=False)
    text = repr({**plain, "datasets": ()})
    for position, name in enumerate(plain.get("datasets", {}), 1):
        text = text.replace(name, str(position))
    form = hashlib.sha256(text.encode()).hexdigest()
    if form not in _held:
        chart.to_dict()
        _held.add(form)
    return plain
