"""What pydantic finds wrong with a value, in words for people, in their language. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic_core import ErrorDetails

from bot.translation import tr, tr_noop

_WORDS: Final[Mapping[str, str]] = {
    "bool_parsing": tr_noop("true or false is wanted"),
    "bool_type": tr_noop("true or false is wanted"),
    "dict_type": tr_noop("a table is wanted, with keys and values"),
    "enum": tr_noop("one of these is wanted: {choices}"),
    "extra_forbidden": tr_noop("there is no such key"),
    "finite_number": tr_noop("a number is wanted"),
    "float_parsing": tr_noop("a number is wanted"),
    "float_type": tr_noop("a number is wanted"),
    "greater_than": tr_noop("a number above {gt:g} is wanted"),
    "greater_than_equal": tr_noop("a number of at least {ge:g} is wanted"),
    "int_from_float": tr_noop("a whole number is wanted"),
    "int_parsing": tr_noop("a whole number is wanted"),
    "int_type": tr_noop("a whole number is wanted"),
    "json_invalid": tr_noop("it is no JSON ({error})"),
    "less_than": tr_noop("a number below {lt:g} is wanted"),
    "less_than_equal": tr_noop("a number of at most {le:g} is wanted"),
    "list_type": tr_noop('a list is wanted: ["one", "two"]'),
    "literal_error": tr_noop("one of these is wanted: {choices}"),
    "missing": tr_noop("is missing, add it"),
    "model_attributes_type": tr_noop("a table is wanted, with keys and values"),
    "model_type": tr_noop("a table is wanted, with keys and values"),
    "string_pattern_mismatch": tr_noop("it has signs that it may not have, or is too long"),
    "string_too_long": tr_noop("it is too long (at most {max_length} characters)"),
    "string_too_short": tr_noop("it is too short (at least {min_length} characters)"),
    "string_type": tr_noop("a text is wanted, in quotes"),
    "timezone_aware": tr_noop("a time with its zone is wanted: 2026-01-02T20:00:00+09:00"),
    "too_long": tr_noop("there are too many (at most {max_length})"),
    "too_short": tr_noop("there are too few (at least {min_length})"),
    "tuple_type": tr_noop('a list is wanted: ["one", "two"]'),
}
"""By the type of the error: https://docs.pydantic.dev/latest/errors/validation_errors/."""


def in_words(fault: ErrorDetails) -> str:
    """Return what is wanted in place of a value; of rare kinds pydantic's own words.

    What was given is not repeated: it may be a secret.
    """
    kind = fault["type"]
    context: dict[str, Any] = fault.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if words := _WORDS.get(kind):
        choices = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
        return tr(words, **context, choices=choices)
    return fault["msg"][:1].lower() + fault["msg"][1:]
