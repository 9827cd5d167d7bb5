"""The history only grows; what is folded goes in one large step, and can still be taken back."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import Author, Comment, Exchange, Platform, Retraction
from bot.text import tokens
from bot.writing import history
from bot.writing.history import History, fold

_AT = datetime(2026, 1, 2, tzinfo=UTC)
_EXCHANGES = st.lists(
    st.builds(Exchange, st.text(max_size=200), st.text(max_size=200)), max_size=30
)


def comment(number: int, author: str = "mika") -> Comment:
    """Return a comment."""
    return Comment(Platform.TWITCH, str(number), Author(author, author), "a secret", _AT)


def deleted(number: int) -> Retraction:
    """Return that a comment was deleted."""
    return Retraction(Platform.TWITCH, comment_id=str(number))


def grown(exchanges: int = 30) -> History:
    """Return a history of exchanges of 108 tokens, each of which answers a comment."""
    grown = History()
    for number in range(exchanges):
        grown.add(Exchange("a" * 150, "b" * 150, (comment(number),)))
    return grown


def size(exchanges: list[Exchange]) -> int:
    """Return the tokens of exchanges."""
    return sum(tokens(exchange.asked) + tokens(exchange.reply) for exchange in exchanges)


@given(exchanges=_EXCHANGES, room=st.integers(-500, 2000))
def test_folding_keeps_the_newest_and_rarely_happens(exchanges: list[Exchange], room: int) -> None:
    """It keeps all that has room, and otherwise the newest within half of it, unchanged."""
    kept = fold(exchanges, room)
    assert kept == exchanges[len(exchanges) - len(kept) :]
    if size(exchanges) <= room:
        assert kept == exchanges
    else:
        assert size(kept) <= max(0, room // 2)
        if len(kept) < len(exchanges):
            assert size(exchanges[len(exchanges) - len(kept) - 1 :]) > room // 2


def test_a_show_folds_rarely() -> None:
    """In a long show few exchanges have to read everything anew."""
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
    assert older == told.exchanges[: len(older)]
    assert size(told.exchanges[len(older) :]) <= 5000 * 0.3 < size(told.exchanges[len(older) - 1 :])


def test_notes_take_the_place_of_what_they_sum_up() -> None:
    """The newer exchanges stay as they are, also those that came in the meantime."""
    told = grown()
    newer = told.exchanges[20:]
    told.add(Exchange("later", "later"))
    told.settle("Mika told a story.", 20)
    assert told.exchanges == [*newer, Exchange("later", "later")]
    assert told.notes.text == "Mika told a story."
    assert told.changes == 1
    assert "secret" not in repr(told.notes), "they need not hold what was written"
    assert told.size == size(told.exchanges) + tokens("Mika told a story.")


def test_what_is_taken_back_takes_the_notes_with_it() -> None:
    """Whether it went into the latest notes or into those before; anything else leaves them."""
    for gone in (3, 15):
        told = grown()
        told.settle("One.", 10)
        told.settle("Two.", 10)
        told.retract(deleted(25))
        assert told.notes.text == "Two."
        assert len(told.exchanges) == 9
        told.retract(deleted(gone))
        assert told.notes == history.Notes()
        assert len(told.exchanges) == 9
        assert told.changes == 4


def test_a_viewer_who_is_banned_takes_the_notes_along() -> None:
    """A retraction may be about all that a viewer wrote."""
    told = grown()
    told.settle("One.", 10)
    told.retract(Retraction(Platform.TWITCH, author_id="tom"))
    assert told.notes.text == "One."
    assert told.changes == 1
    told.retract(Retraction(Platform.TWITCH, author_id="mika"))
    assert told.notes == history.Notes()
    assert told.exchanges == []


def test_notes_whose_sources_cannot_be_kept_are_not_kept() -> None:
    """Nobody could take them back."""
    told = grown(2)
    told.add(Exchange("a", "b", tuple(map(comment, range(history.SOURCES_LIMIT - 1)))))
    told.settle("One.", 1)
    assert told.notes.text == "One."
    told.settle("Two.", 2)
    assert told.notes == history.Notes()
    assert told.exchanges == []


@pytest.mark.parametrize("room", [-5000, 0, 50, 1000])
def test_it_gives_way_to_a_batch(room: int) -> None:
    """However little room there is, what it takes is at most that, and the notes stay."""
    told = grown()
    told.settle("Mika told a story.", 5)
    told.give_way(room)
    assert told.notes.text
    assert size(told.exchanges) <= max(0, room)
