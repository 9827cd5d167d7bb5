"""No thought is said, in whatever form a model leaks it; and no innocent word is eaten."""

import random
from collections.abc import Iterable

import pytest

from bot.speech import Speech
from bot.text import join
from tests.support.leaks import ANSWERS, FORMS, SECRET, THOUGHTS, Form, chunks

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


@pytest.mark.parametrize(
    "text",
    [
        "User: that is what the form calls you.",
        "コメント：ありがとう！",
        "視聴者：みんな元気やね。",
        "Type </think> to end it.",
        "analysis? I hated that class.",
        "Is it so if a<b and b>c?",
        "I keep them all in a vector<int>.",
        "finalラウンドが始まるで！",
        "【速報】お茶が入ったで。",
        "うれしいわ(*´ω`*)",
        "はい。はい。はい。",
        '"これはいいね。"と言うてた。',
        "Thinking of you makes me smile.",
        "I thought: why not have tea?",
        "My answer: the sea, always the sea.",
        "That costs １，０００円 now.",
        "Mt. Fuji is lovely, and so is Mr. Tanaka.",
        "Meet me at 9 a.m. Mr. Tanaka comes too.",
        "Reason is what I lack at this hour.",
        "The final answer is tea.",
        "I analyse it, and I end up at tea.",
        "1 < 2 and 3 > 2, as everybody knows.",
        "ほんまに<3やわ。",
        "思考が止まってしもた。",
        "回答は「お茶」やで。",
        "The assistant at the shop was kind.",
    ],
)
def test_innocent_words_are_said(text: str) -> None:
    """What looks like a mark, a name or a direction in a line of speech stays in it."""
    chance = random.Random(text)  # noqa: S311  to be had again
    for _ in range(_CUTS):
        assert _said(chunks(text, chance)) == (text, False)
