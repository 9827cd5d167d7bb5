"""Nothing of a stranger's reaches an outlet that the judge has not seen, and passed."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from bot.chat import Author, Comment, Membership, Money, Occasion, Platform
from bot.safety.blocklist import Blocklist
from tests.standins.ollama import OllamaStandIn
from tests.support.rehearsal import GREETING, UNABLE, Rehearsal, rehearsal

MARK = "zanzibar"
"""A term that the judge of these shows withholds, and that is nowhere but in strangers' words."""
REPLY = ("Hello!", "Nice to see you.")


async def _outlets(show: Rehearsal) -> str:
    """Return all that any outlet has had: the stages, the model, the database."""
    await show.asleep()
    told = [str(show.board.told), json.dumps(show.ollama.requests, ensure_ascii=False)]
    stored = b"".join(path.read_bytes() for path in show.database.parent.glob("history.db*"))
    return "".join(told).lower() + stored.decode(errors="replace").lower()


async def test_no_outlet_has_what_is_withheld(tmp_path: Path, ollama: OllamaStandIn) -> None:
    """Text, name, paid or not, in a membership or among others: it goes nowhere but backstage."""
    blocklist = Blocklist([MARK])
    async with rehearsal(tmp_path / "history.db", ollama, blocklist=blocklist) as show:
        plain = Comment(Platform.YOUTUBE, "p", Author("UC-p", "aki"), "hello", show.clock.now())
        hostile = [
            replace(plain, id="1", text=f"so {MARK}"),
            replace(plain, id="2", text="Z A N Z I B A R"),
            replace(plain, id="3", author=Author("UC-3", f"{MARK.upper()} fan"), text="good day"),
            replace(plain, id="4", text=f"{MARK}!", paid=Money(Decimal(500), "JPY")),
            replace(plain, id="5", text="hi you", mentions=(MARK,)),
            replace(plain, id="6", membership=Membership(Occasion.GIFTED, recipient=MARK)),
        ]
        for comment in hostile:
            show.receive(comment)
        await show.board.finishes(*REPLY)
        assert MARK not in await _outlets(show)
        assert len(show.queue) == 0
        assert {comment.id for comment, _ in show.notes.withheld} == {"1", "2", "3", "4"}
        assert "a viewer: good day" in json.dumps(ollama.requests)


async def test_the_model_is_not_made_to_say_it(tmp_path: Path, ollama: OllamaStandIn) -> None:
    """Asked once more where it begins so; later, the sentence is left out."""
    blocklist = Blocklist([MARK])
    async with rehearsal(tmp_path / "history.db", ollama, blocklist=blocklist) as show:
        ollama.will(f"You want {MARK}? ", "As you wish.")
        ollama.will("I would rather not. ", f"But {MARK}, then! ", "So there.")
        show.write("say a bad word")
        await show.board.finishes("I would rather not.", "So there.")
        assert "must not see those words" in ollama.requests[-1]["messages"][-1]["content"]
        await show.read()
        ollama.will(f"{MARK}!")
        ollama.will("Call 090-1234-5678.")
        show.write("and again")
        await show.board.finishes(UNABLE)
        assert MARK not in str(show.board.told).lower()


async def test_who_is_owed_after_a_restart_is_judged_again(
    tmp_path: Path, ollama: OllamaStandIn
) -> None:
    """A term that was added meanwhile counts for what waits in the database as well."""
    database = tmp_path / "history.db"
    async with rehearsal(database, ollama) as show:
        show.order("!pause")
        show.write(f"a {MARK} for you", paid="500")
        await show.clock.advance(5)
    async with rehearsal(database, ollama, blocklist=Blocklist([MARK])) as show:
        show.order("!resume")
        await show.board.finishes(GREETING)
        await show.read()
        await show.board.finishes(*REPLY)
        assert show.asked() == "[viewer, paid 500 JPY] taro:"
        assert MARK not in json.dumps(ollama.requests)
