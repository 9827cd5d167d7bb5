"""No thought is said, in whatever form a model leaks it; and no innocent word is eaten."""

import random
from collections.abc import Iterable

import pytest

from bot.speech import Speech
from bot.text import join
from tests.support.leaks import ANSWERS, FORMS, INNOCENT, SECRET, THOUGHTS, Form, chunks

_CUTS = 12


def _said(pieces: Iterable[str]) -> tuple[str, bool]:
    """Return what is said up to an alarm, and whether there was one."""
    speech = Speech(["Wren"])
    said: list[str] = []
    for piece in pieces:
        said += speech.feed(piece)
        if speech.leaked:
            return join(said), True
    said += speech.close()
    return join(said), speech.leaked


def test_the_forms_are_many() -> None:
    """The forms are of many kinds, and each is there once."""
    names = [form.name for form in FORMS]
    assert len(names) == len(set(names)) >= 300


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_thought_is_not_said(form: Form) -> None:
    """At any cut the answer is said and the thought is not, or the alarm takes it back."""
    chance = random.Random(form.name)  # noqa: S311  to be had again
    for _ in range(_CUTS):
        thought, answer = chance.choice(THOUGHTS), chance.choice(ANSWERS)
        said, leaked = _said(chunks(form.write(thought, answer), chance))
        assert leaked or SECRET not in said
        assert leaked == form.is_late
        if not leaked:
            assert "".join(answer.split()) in "".join(said.split())


@pytest.mark.parametrize(
    "form", [form for form in FORMS if not form.is_late], ids=lambda form: form.name
)
def test_a_thought_that_is_cut_off_is_not_said(form: Form) -> None:
    """Wherever a stream ends, nothing of its thought is said."""
    chance = random.Random(form.name)  # noqa: S311  to be had again
    for _ in range(_CUTS):
        text = form.write(chance.choice(THOUGHTS), chance.choice(ANSWERS))
        said, leaked = _said(chunks(text[: chance.randint(0, len(text))], chance))
        assert leaked or SECRET not in said


@pytest.mark.parametrize("text", INNOCENT)
def test_innocent_words_are_said(text: str) -> None:
    """What looks like a mark, a name or a direction in a line of speech stays in it."""
    chance = random.Random(text)  # noqa: S311  to be had again
    for _ in range(_CUTS):
        assert _said(chunks(text, chance)) == (text, False)
