"""Viewers decide whether they are answered and kept, and have themselves forgotten."""

from pathlib import Path

from tests.standins.ollama import OllamaStandIn
from tests.support.rehearsal import Rehearsal, rehearsal

REPLY = ("Hello!", "Nice to see you.")


async def test_who_opts_out_is_not_answered_shown_or_kept(
    tmp_path: Path, ollama: OllamaStandIn
) -> None:
    """Neither then nor in a later show, until they opt in again; a super chat neither."""
    database = tmp_path / "history.db"
    async with rehearsal(database, ollama) as show:
        show.write("hello")
        await show.board.shows(REPLY[0])
        show.write("and more")
        show.write("!optout")
        assert show.board.is_blank
        assert len(show.queue) == 0
        show.write("something", paid="500")
        show.write("hi", "aki")
        await show.board.finishes(*REPLY)
        assert show.asked() == "[viewer] aki: hi"
        assert show.notes.answers[0][0] == "taro"
        await show.clock.advance(2)
    async with rehearsal(database, ollama) as show:
        show.write("am I out?")
        assert len(show.queue) == 0
        assert show.rows("SELECT text FROM comments WHERE text = 'am I out?'") == []
        show.write("!optin")
        show.write("am I in?")
        await show.board.finishes(*REPLY)
        assert show.asked() == "[viewer] taro: am I in?"


async def test_who_wants_it_is_forgotten(tmp_path: Path, ollama: OllamaStandIn) -> None:
    """Typed twice within a minute: comments, replies, name and all leave database and prompt."""
    database = tmp_path / "history.db"
    async with rehearsal(database, ollama) as show:
        ollama.will("I like zebras, taro.")
        show.write("do you like zebras?")
        await show.board.finishes("I like zebras, taro.")
        await show.read()
        show.write("!forgetme")
        await show.clock.advance(61)
        show.write("!forgetme")
        assert show.notes.answers[-1][1].startswith("all that you wrote is deleted if")
        await _writes(show)
        assert show.rows("SELECT count(*) FROM comments WHERE author_name = 'taro'") == [(1,)]
        show.write("!forgetme")
        assert show.notes.answers[-1][1] == "what you wrote, and what was said to it, is deleted."
        await _writes(show)
        show.write("hi", "aki")
        await show.board.finishes(*REPLY)
        assert "zebras" not in str(ollama.requests[-1])
        for table, column in (("comments", "text"), ("sentences", "text"), ("replies", "asked")):
            assert "zebra" not in str(show.rows(f"SELECT {column} FROM {table}"))  # noqa: S608
        assert show.rows("SELECT count(*) FROM viewers WHERE name = 'taro'") == [(0,)]
    assert b"zebras" not in database.read_bytes()
    async with rehearsal(database, ollama) as show:
        show.write("hello", "aki")
        await show.board.finishes(*REPLY)
        assert "zebras" not in str(ollama.requests[-1])


async def _writes(show: Rehearsal) -> None:
    """Let the database have what was noted."""
    await show.show.memory.flush()
