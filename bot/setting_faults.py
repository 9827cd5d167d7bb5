"""What is wrong with a setting, in words for people: where it stands, what is wanted. Pure."""

import math
from collections.abc import Iterator
from enum import Enum
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from bot.faults import in_words
from bot.translation import tr

_LONGEST_GIVEN = 12
"""Characters. What is longer may be a secret that was pasted amiss, and is not repeated."""
_NUMBERS = {
    *("int_parsing", "int_type", "int_from_float", "float_parsing", "float_type", "finite_number"),
    *("greater_than", "greater_than_equal", "less_than", "less_than_equal"),
}
"""The types of errors of which another number is the mend:
https://docs.pydantic.dev/latest/errors/validation_errors/."""


def explain(fault: ErrorDetails, field: FieldInfo, key: str, place: str) -> str:
    """Return what is wrong with one setting.

    Args:
        fault: as pydantic tells it.
        field: what the setting may be.
        key: its name.
        place: where it stands.
    """
    about = {
        "key": key,
        "place": place,
        "given": _given(fault["input"], field),
        "wanted": _wanted(fault, field),
    }
    default = _shown(field.default)
    if default:
        return tr(
            "{key} ({place}){given}: {wanted}. Without it: {default}.", default=default, **about
        )
    return tr("{key} ({place}){given}: {wanted}.", **about)


def _given(value: object, field: FieldInfo) -> str:
    is_secret = SecretStr in _types(field.annotation)
    text = str(value)
    if is_secret or len(text) > _LONGEST_GIVEN:
        return ""
    return tr(" is “{value}”", value=text)


def _types(annotation: Any) -> Iterator[Any]:
    yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _types(inner)


def _wanted(fault: ErrorDetails, field: FieldInfo) -> str:
    kind = fault["type"]
    if kind in _NUMBERS and int in _types(field.annotation):
        return tr("a whole number is wanted{limits}", limits=_limits(field))
    if kind in _NUMBERS:
        return tr("a number is wanted{limits}", limits=_limits(field))
    return in_words(fault)


def _limits(field: FieldInfo) -> str:
    """Return the smallest and the largest that it may be."""
    bounds: dict[str, float] = {}
    for rule in field.metadata:
        for name in ("ge", "gt", "le", "lt"):
            if (bound := getattr(rule, name, None)) is not None:
                bounds[name] = bound
    low, high = bounds.get("ge", -math.inf), bounds.get("le", math.inf)
    if "gt" in bounds:
        most = "" if high == math.inf else tr(", up to {high:g}", high=high)
        return tr(" above {low:g}{most}", low=bounds["gt"], most=most)
    if high == math.inf:
        return "" if low == -math.inf else tr(" of at least {low:g}", low=low)
    return tr(" from {low:g} to {high:g}", low=low, high=high)


def _shown(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case Enum():
            return str(value.value)
        case float():
            return f"{value:g}"
        case None | SecretStr():
            return ""
    return "" if "Undefined" in type(value).__name__ else str(value)
