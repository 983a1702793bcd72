"""Plain data, as JSON has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Scalar = str | int | float | bool | None
JSON = Scalar | Sequence["JSON"] | Mapping[str, "JSON"]
JSONObject = dict[str, JSON]
