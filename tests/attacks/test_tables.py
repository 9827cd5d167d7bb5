"""What the judge withholds, in every spelling, and what it leaves alone."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import MisconfiguredError
from bot.safety.blocklist import Blocklist, read_terms
from bot.safety.injection import is_attempt
from bot.safety.judge import Judge
from bot.safety.links import LINK, unlinked
from bot.safety.spelling import fold
from bot.safety.term_files import TermFiles
from bot.text import clean
from tests.attacks import tables
from tests.support.clock import FakeClock
from tests.support.judging import SHIPPED, judge

_TEXTS = st.text(st.characters(), max_size=80) | st.text(
    "abceikostuyFUCK431057αасеорх死しねシネタヒ氏バカ .・-_\u200b\u0301ー〜!/:@", max_size=80
)


def _cleaned(texts: Iterable[str]) -> list[str]:
    return list(map(clean, texts))


def test_the_tables_are_large() -> None:
    """A few hundred of each kind, or the other tests show little."""
    attacks = [tables.slurs(), tables.personal(), tables.links(), tables.injections()]
    assert sum(len(list(table)) for table in attacks) >= 500
    assert len(set(tables.innocents())) >= 500


@pytest.mark.parametrize("table", [tables.slurs, tables.personal])
def test_what_is_withheld(table: Callable[[], Iterator[str]]) -> None:
    """Nothing of it may be shown, however it is spelt."""
    asked = judge()
    assert [text for text in _cleaned(table()) if asked.text(text) is None] == []


def test_links_are_taken_out() -> None:
    """However a link is written, ``[link]`` stands in its place; nothing else changes."""
    assert [text for text in _cleaned(tables.links()) if LINK not in unlinked(text)] == []
    assert unlinked("look at scam . example now") == f"look at {LINK} now"


def test_injections_are_known() -> None:
    """Orders to the model, and imitations of the marks of every family of models."""
    assert [text for text in _cleaned(tables.injections()) if not is_attempt(text)] == []


def test_the_innocent_are_left_alone() -> None:
    """Not one is withheld, changed or taken for an attempt."""
    asked = judge()
    touched = [
        text
        for text in _cleaned(tables.innocents())
        if asked.text(text) or is_attempt(text) or unlinked(text) != text
    ]
    assert touched == []


@given(_TEXTS)
def test_folding_is_place_by_place(text: str) -> None:
    """A place in the folded text is the same place in the text, and folding twice adds nothing."""
    cleaned = clean(text)
    folded = fold(cleaned)
    assert len(folded) == len(cleaned)
    assert fold(folded) == folded


@given(_TEXTS)
def test_any_text_is_judged(text: str) -> None:
    """Whatever it is made of; and a text without links stays without."""
    cleaned = clean(text)
    plain = unlinked(cleaned)
    assert unlinked(plain) == plain
    assert judge().text(plain) is None or judge().text(cleaned)


@given(st.text("0123456789-. +()", max_size=500))
def test_figures_take_no_long_time(text: str) -> None:
    """Nothing but digits and what stands between them: every pattern comes to an end."""
    judge().text(clean(text))


@pytest.mark.parametrize(
    ("term", "found", "left"),
    [
        (
            "バカ",
            ["バカ", "このバカ！", "ばか", "ばかだね", "バ カ"],
            ["バカンス", "ばかり"],
        ),
        ("アホ", ["アホ", "アホか"], ["アホウドリ", "ジアホ"]),
        ("殺す", ["殺す", "殺 す"], ["殺虫剤"]),
        ("bad word", ["BAD  word", "bad-word", "b a d w o r d"], ["bad words", "badword"]),
        ("bad*", ["bad", "badly", "B4D"], ["abad", "ba d"]),
        ("/b[ao]d$/", ["so bad", "BOD"], ["bad luck"]),
    ],
)
def test_a_term_of_the_streamers_own(term: str, found: list[str], left: list[str]) -> None:
    """Whole words, where a script tells them; beginnings, and expressions."""
    blocklist = Blocklist([term])
    assert [text for text in found if blocklist.finds(clean(text)) is None] == []
    assert [text for text in left if blocklist.finds(clean(text))] == []


def test_a_term_can_be_allowed_again() -> None:
    """The streamer's own file has the last word on what is shipped."""
    assert SHIPPED.finds("sex")
    assert Blocklist(["sex", "fuck*", "-sex"]).finds("sex") is None


def test_an_expression_that_takes_too_long_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    """It is told; other terms are still found."""
    slow = Blocklist(["/(x+x+)+y/", "/hm/"])
    assert slow.finds("x" * 300 + "zy hm") == "/hm/"
    assert "takes too long" in caplog.text


@pytest.mark.parametrize(
    ("written", "told"),
    [(b"ok\n/(/\n", "Line 2 .* no regular expression"), (b"!!!\n", "Line 1"), (b"\xff", "read")],
)
def test_a_file_that_cannot_be_used_is_told(tmp_path: Path, written: bytes, told: str) -> None:
    """By its line, and what is wrong with it."""
    path = tmp_path / "blocklist.txt"
    path.write_bytes(written)
    with pytest.raises(MisconfiguredError, match=told):
        list(read_terms(path))


async def test_the_streamers_file_is_read_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Saved in mid-show it counts from then on; with a mistake in it, the old one does."""
    path, clock = tmp_path / "blocklist.txt", FakeClock()
    files = TermFiles(path)
    asked = judge(files.load(), clock=clock)
    following = asyncio.create_task(files.follow(asked, clock))
    assert asked.text("gull") is None
    path.write_text("# mine\ngull # the bird\n", encoding="utf-8")
    await clock.advance(2)
    assert asked.text("a gull!")
    path.write_text("/(/\n", encoding="utf-8")
    await clock.advance(2)
    assert asked.text("a gull!")
    assert "stays as it was" in caplog.text
    path.unlink()
    await clock.advance(2)
    assert asked.text("a gull!") is None
    following.cancel()
    await asyncio.wait({following})


def test_the_settings_secrets_are_not_read_out() -> None:
    """Whoever asks for them; a password that is a common word would silence half the show."""
    asked = Judge(
        Blocklist([]),
        somebody="a viewer",
        clock=FakeClock(),
        secrets=["hunter2-Pw", "gull", "kettle"],
    )
    assert asked.text("the password is HUNTER2-PW, friends") == "a secret of the settings"
    assert asked.text("a gull stole my kettle") is None
