"""The history only grows; what is folded goes in one large step, and can still be taken back."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import Author, Comment, Exchange, Platform, Retraction
from bot.text import tokens
from bot.writing.history import SOURCES_LIMIT, History, Notes, newest, size

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


def noted(told: History, text: str, count: int, room: int = 2000) -> None:
    """Put notes on the first exchanges in their place."""
    sources = tuple(one for each in told.all[:count] for one in each.answers)
    notes = Notes(text, (*told.notes.sources, *sources))
    told.fold(*told.folded(room, (notes, count)))


@given(exchanges=_EXCHANGES, room=st.integers(-500, 2000))
def test_the_newest_are_kept_unchanged(exchanges: list[Exchange], room: int) -> None:
    """As many as have room, and not one more."""
    kept = newest(exchanges, room)
    assert kept == tuple(exchanges[len(exchanges) - len(kept) :])
    assert size(kept) <= max(0, room)
    if len(kept) < len(exchanges):
        assert size(exchanges[len(exchanges) - len(kept) - 1 :]) > room


def test_a_show_folds_rarely() -> None:
    """In a long show few exchanges have to read everything anew."""
    told = History()
    for number in range(500):
        told.give_way(2000)
        told.add(Exchange(f"[viewer] mika: comment {number}", "A reply of some length."))
    assert 0 < told.changes < 25


def test_a_history_is_summed_up_before_there_is_no_room() -> None:
    """First there is time to wait for a good moment, and then there is none."""
    told = grown()
    assert told.size == 30 * 108
    for share, is_full, is_crowded in ((0.5, False, False), (0.8, True, False), (0.95, True, True)):
        room = int(30 * 108 / share)
        assert (told.is_full(room), told.is_crowded(room)) == (is_full, is_crowded)


def test_notes_take_the_place_of_what_they_sum_up() -> None:
    """A few of the newest stay word for word, and all that came in the meantime."""
    told = grown()
    newer = told.all[28:]
    told.add(Exchange("later", "later"))
    noted(told, "Mika told a story.", 30, room=2400)
    assert told.earlier == (*newer, Exchange("later", "later"))
    assert told.exchanges == []
    assert told.notes.text == "Mika told a story."
    assert told.changes == 1
    assert told.size == size(told.all) + tokens("Mika told a story.")
    many = grown()
    noted(many, "Mika told a story.", 10, room=2400)
    assert len(many) == 20, "whatever is not in the notes"


def test_without_notes_the_oldest_go_where_there_is_no_room() -> None:
    """Else everything stays, in one message: servers take their time for each."""
    told = grown()
    told.fold(*told.folded(10_000, None))
    assert (len(told.earlier), told.exchanges) == (30, [])
    told.fold(*told.folded(3300, None))
    assert len(told.earlier) == 3300 * 0.3 // 108


def test_the_sources_of_notes_need_not_hold_what_was_written() -> None:
    """They are there to be taken back."""
    told = grown()
    assert len(told.sources()) == 30
    assert "secret" not in repr(told.sources())
    noted(told, "One.", 30)
    assert len(told.sources()) == 30 + len(told)


def test_what_is_taken_back_takes_the_notes_with_it() -> None:
    """Whether it went into the latest notes or into those before; anything else leaves them."""
    for gone in (3, 15):
        told = grown()
        noted(told, "One.", 10)
        noted(told, "Two.", 10)
        told.retract(deleted(25))
        assert told.notes.text == "Two."
        assert len(told) == 9
        told.retract(deleted(gone))
        assert told.notes == Notes()
        assert len(told) == 9
        assert told.changes == 4


def test_a_viewer_who_is_banned_takes_the_notes_along() -> None:
    """A retraction may be about all that a viewer wrote."""
    told = grown()
    noted(told, "One.", 10)
    told.retract(Retraction(Platform.TWITCH, author_id="tom"))
    assert told.notes.text == "One."
    assert told.changes == 1
    told.retract(Retraction(Platform.TWITCH, author_id="mika"))
    assert told.notes == Notes()
    assert len(told) == 0


def test_notes_whose_sources_cannot_be_kept_are_not_kept() -> None:
    """Nobody could take them back."""
    told = grown(2)
    told.add(Exchange("a", "b", tuple(map(comment, range(SOURCES_LIMIT - 1)))))
    noted(told, "One.", 1, room=0)
    assert told.notes.text == "One."
    noted(told, "Two.", 2, room=0)
    assert told.notes == Notes()
    assert len(told) == 0


def test_what_was_said_otherwise_is_put_right() -> None:
    """Also where it stands in one message with others; what is gone stays gone."""
    told = grown(3)
    said = Exchange("a" * 150, "Less.", (comment(1),))
    told.put_right(told.all[1], said)
    assert told.all[1] == said
    told.fold(*told.folded(10_000, None))
    told.put_right(said, Exchange("x", "y"))
    assert told.earlier[1] == Exchange("x", "y")
    before = told.changes
    told.put_right(said, said)
    told.put_right(said, Exchange("p", "q"))
    assert told.changes == before


@pytest.mark.parametrize("count", [3, 40])
def test_a_new_run_begins_with_what_the_last_has_said(count: int) -> None:
    """Message by message where it is all there, as a server may know it; else the newest in one."""
    told = History()
    told.recall(grown(count).all, 2000)
    assert bool(told.earlier) is (count > 3)
    assert len(told) == min(count, 2000 * 0.3 // 108)


@pytest.mark.parametrize("room", [-5000, 0, 50, 1000])
def test_it_gives_way_to_a_batch(room: int) -> None:
    """However little room there is, what it takes is at most that, and the notes stay."""
    told = grown()
    noted(told, "Mika told a story.", 5)
    told.give_way(room)
    assert told.notes.text
    assert size(told.all) <= max(0, room)
