"""The history only grows; what is folded goes in one large step, and can still be taken back."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import Author, Comment, Platform, Retraction
from bot.writing import history, prompt
from bot.writing.history import History, fold
from bot.writing.prompt import Exchange

_AT = datetime(2026, 1, 2, tzinfo=UTC)
_TURNS = st.lists(st.builds(Exchange, st.text(max_size=200), st.text(max_size=200)), max_size=30)


def comment(number: int, author: str = "mika") -> Comment:
    """Return a comment."""
    return Comment(Platform.TWITCH, str(number), Author(author, author), "a secret", _AT)


def deleted(number: int) -> Retraction:
    """Return that a comment was deleted."""
    return Retraction(Platform.TWITCH, comment_id=str(number))


def grown(turns: int = 30) -> History:
    """Return a history of turns of 108 tokens, each of which answers a comment."""
    grown = History()
    for number in range(turns):
        grown.add(Exchange("a" * 150, "b" * 150, (comment(number),)))
    return grown


def size(turns: list[Exchange]) -> int:
    """Return the tokens of turns."""
    return sum(prompt.tokens(turn.asked) + prompt.tokens(turn.said) for turn in turns)


@given(turns=_TURNS, room=st.integers(-500, 2000))
def test_folding_keeps_the_newest_and_rarely_happens(turns: list[Exchange], room: int) -> None:
    """It keeps all that has room, and otherwise the newest within half of it, unchanged."""
    kept = fold(turns, room)
    assert kept == turns[len(turns) - len(kept) :]
    if size(turns) <= room:
        assert kept == turns
    else:
        assert size(kept) <= max(0, room // 2)
        if len(kept) < len(turns):
            assert size(turns[len(turns) - len(kept) - 1 :]) > room // 2


def test_a_show_folds_rarely() -> None:
    """In a long show few turns have to read everything anew."""
    told = History()
    for number in range(500):
        told.give_way(2000)
        told.add(Exchange(f"[viewer] mika: comment {number}", "A reply of some length."))
    assert 0 < told.changes < 25


def test_the_older_turns_are_worth_summing_up_before_there_is_no_room() -> None:
    """As long as there is room enough nothing is; then all but the newest are."""
    told = grown()
    assert told.size == 30 * 108
    assert told.older(int(30 * 108 / 0.6) + 1) == []
    older = told.older(5000)
    assert older == told.turns[: len(older)]
    assert size(told.turns[len(older) :]) <= 5000 * 0.3 < size(told.turns[len(older) - 1 :])


def test_notes_take_the_place_of_what_they_sum_up() -> None:
    """The newer turns stay as they are, also those that came in the meantime."""
    told = grown()
    newer = told.turns[20:]
    told.add(Exchange("later", "later"))
    told.settle("Mika told a story.", 20)
    assert told.turns == [*newer, Exchange("later", "later")]
    assert told.notes.text == "Mika told a story."
    assert told.changes == 1
    assert "secret" not in repr(told.notes), "they need not hold what was written"
    assert told.size == size(told.turns) + prompt.tokens("Mika told a story.")


def test_what_is_taken_back_takes_the_notes_with_it() -> None:
    """Whether it went into the latest notes or into those before; anything else leaves them."""
    for gone in (3, 15):
        told = grown()
        told.settle("One.", 10)
        told.settle("Two.", 10)
        told.forget(deleted(25))
        assert told.notes.text == "Two."
        assert len(told.turns) == 9
        told.forget(deleted(gone))
        assert told.notes == history.Notes()
        assert len(told.turns) == 9
        assert told.changes == 4


def test_a_viewer_who_is_banned_takes_the_notes_along() -> None:
    """A retraction may be about all that a viewer wrote."""
    told = grown()
    told.settle("One.", 10)
    told.forget(Retraction(Platform.TWITCH, author_id="tom"))
    assert told.notes.text == "One."
    assert told.changes == 1
    told.forget(Retraction(Platform.TWITCH, author_id="mika"))
    assert told.notes == history.Notes()
    assert told.turns == []


def test_notes_whose_sources_cannot_be_kept_are_not_kept() -> None:
    """Nobody could take them back."""
    told = grown(2)
    told.add(Exchange("a", "b", tuple(map(comment, range(history.SOURCES_LIMIT - 1)))))
    told.settle("One.", 1)
    assert told.notes.text == "One."
    told.settle("Two.", 2)
    assert told.notes == history.Notes()
    assert told.turns == []


@pytest.mark.parametrize("room", [-5000, 0, 50, 1000])
def test_it_gives_way_to_a_batch(room: int) -> None:
    """However little room there is, what it takes is at most that, and the notes stay."""
    told = grown()
    told.settle("Mika told a story.", 5)
    told.give_way(room)
    assert told.notes.text
    assert size(told.turns) <= max(0, room)
