"""The second judge: what it calls unsafe nobody sees, and it is asked while people read."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TypeAlias

import pytest

from bot.chat import Platform, Retraction
from bot.clock import SystemClock
from bot.errors import MisconfiguredError
from bot.llm.ollama import Ollama
from bot.llm.options import OllamaOptions
from bot.safety.guard import Guard, read_policy
from bot.safety.options import Fails
from tests.standins.ollama import Fault, Gate, OllamaStandIn
from tests.support.rehearsal import UNABLE, Rehearsal, rehearsal

POLICY = read_policy(None)
Guarded: TypeAlias = Callable[..., AbstractAsyncContextManager[Rehearsal]]


def verdict(text: str) -> str:
    """Judge as Llama Guard does."""
    return "unsafe\nS10" if "gulls" in text else "safe"


@pytest.fixture
async def model() -> AsyncIterator[OllamaStandIn]:
    """The server of the second judge."""
    async with OllamaStandIn("llama-guard3", thinks=False) as model:
        model.respond = verdict
        yield model


@asynccontextmanager
async def _guarded(
    path: Path,
    ollama: OllamaStandIn,
    model: OllamaStandIn,
    fails: Fails = Fails.CLOSED,
    limit: float = 5,
) -> AsyncIterator[Rehearsal]:
    """Begin a show with a second judge, whose answers take their real time."""
    clock = SystemClock()
    llm = Ollama(OllamaOptions(host=model.host, model="llama-guard3"), clock=clock, group="GUARD")
    await llm.warm()
    model.requests.clear()
    guard = Guard(llm, POLICY, limit=limit, fails=fails, clock=clock)
    try:
        async with rehearsal(path / "history.db", ollama, guard=guard) as show:
            yield show
    finally:
        await llm.close()


@pytest.fixture
def guarded(tmp_path: Path, ollama: OllamaStandIn, model: OllamaStandIn) -> Guarded:
    """Begins a show with a second judge: that its answers fail, and how long it has, may follow."""
    return partial(_guarded, tmp_path, ollama, model)


async def test_a_sentence_is_withheld(
    guarded: Guarded, ollama: OllamaStandIn, model: OllamaStandIn
) -> None:
    """What comes after it is said; it was asked about as a text, with the policy."""
    async with guarded() as show:
        ollama.will_say("The sea is calm. Kill all gulls. Good night.")
        show.write("hello")
        await show.board.finishes("The sea is calm.", "Good night.")
        assert [one["content"] for one in model.requests[1]["messages"]] == [
            POLICY,
            "Kill all gulls.",
        ]
        assert "gulls" not in str(show.rows("SELECT text FROM sentences"))


async def test_a_first_sentence_is_asked_for_once_more(
    guarded: Guarded, ollama: OllamaStandIn, model: OllamaStandIn
) -> None:
    """And where that is no better, the persona's own line is said."""
    async with guarded() as show:
        ollama.will_say("Kill all gulls. And more.")
        ollama.will_say("The sea is calm.")
        show.write("hello")
        await show.board.finishes("The sea is calm.")
        await show.read()
        ollama.will_say("Kill all gulls.")
        ollama.will_say("Yes, gulls.")
        show.write("again", "aki")
        await show.board.finishes(UNABLE)


async def test_it_is_asked_while_the_last_sentence_is_read(
    guarded: Guarded, ollama: OllamaStandIn, model: OllamaStandIn
) -> None:
    """What it was asked about is not waited for again when its turn comes."""
    async with guarded() as show:
        ollama.will_say("The sea is calm. Good night.")
        show.write("hello")
        await show.board.shows("The sea is calm.")
        await model.asked(2)
        assert show.board.seen == ("The sea is calm.",)
        await show.board.finishes("The sea is calm.", "Good night.")
        assert len(model.requests) == 2


async def test_what_was_paid_for_is_thanked_without_its_words(
    guarded: Guarded, ollama: OllamaStandIn, model: OllamaStandIn
) -> None:
    """Neither stage nor prompt has them; the streamer has, and the reason."""
    async with guarded() as show:
        show.write("I hate gulls", paid="500")
        await show.board.finishes("Hello!", "Nice to see you.")
        assert [one.text for reply in show.board.told for one in reply.answers if one.paid] == [
            "" for reply in show.board.told for one in reply.answers
        ]
        assert show.asked() == "[viewer, paid 500 JPY] taro:"
        [(comment, reasons)] = show.notes.withheld
        assert comment.text == "I hate gulls"
        assert reasons == ("it holds what llama-guard3 calls unsafe",)
        await show.read()
        ollama.will_say("Yes, calm.")
        show.write("nice sea", "aki", paid="500")
        await show.board.finishes("Yes, calm.")
        assert show.asked() == "[viewer, paid 500 JPY] aki: nice sea"


@pytest.mark.parametrize("ends", ["!clear", "retraction"])
async def test_what_is_being_judged_can_be_taken_away(
    guarded: Guarded, model: OllamaStandIn, ends: str
) -> None:
    """Who paid waits again after a moderator's word, and not where it was deleted."""
    async with guarded() as show:
        gate = Gate()
        model.will(gate, "safe")
        show.write("nice sea", paid="500")
        await gate.reached()
        if ends == "retraction":
            show.receive(Retraction(Platform.YOUTUBE, author_id="UC-taro"))
        else:
            show.order(ends)
        await model.hung_up()
        if ends == "retraction":
            show.write("hello", "aki")
            await show.board.finishes("Hello!", "Nice to see you.")
            assert show.asked() == "[viewer] aki: hello"
        else:
            await show.board.finishes("Hello!", "Nice to see you.")
            assert "nice sea" in show.asked()


async def test_a_topic_does_not_wait_for_what_is_being_judged(
    guarded: Guarded, model: OllamaStandIn
) -> None:
    """A moderator's wish comes first; who paid is answered after it, and once."""
    async with guarded() as show:
        gate = Gate()
        model.will(gate, "safe")
        show.write("nice sea", paid="500")
        await gate.reached()
        show.ollama.will_say("Ships are fine.")
        show.order("!topic ships")
        await show.board.finishes("Ships are fine.")
        await show.read()
        await show.board.finishes("Hello!", "Nice to see you.")
        assert "nice sea" in show.asked()


@pytest.mark.parametrize("fails", Fails)
@pytest.mark.parametrize("how", ["silent", "error", "no verdict"])
async def test_where_it_does_not_judge_the_setting_tells(
    guarded: Guarded,
    model: OllamaStandIn,
    caplog: pytest.LogCaptureFixture,
    fails: Fails,
    how: str,
) -> None:
    """The streamer is told once, and again when it has judged in between."""
    limit = 0.1 if how == "silent" else 5
    async with guarded(fails, limit) as show:
        if how == "silent":
            for _ in range(4):
                model.will(Gate())
        elif how == "error":
            model.fault = Fault.STRANGE_ERROR
        else:
            model.respond = "I think that {} is fine.".format
        show.ollama.will_say("The sea is calm. Good night.")
        show.ollama.will_say("A calm sea.")
        show.write("hello")
        if fails is Fails.OPEN:
            await show.board.finishes("The sea is calm.", "Good night.")
        else:
            await show.board.finishes(UNABLE)
    told = [line.getMessage() for line in caplog.records if "second judge" in line.getMessage()]
    assert [line.partition(";")[0] for line in told if line.startswith("The")] == [
        "The second judge does not judge"
    ]


@pytest.mark.parametrize("text", ["", "\xff"])
def test_a_policy_that_cannot_be_used(tmp_path: Path, text: str) -> None:
    """The streamer is told which."""
    path = tmp_path / "policy.txt"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(MisconfiguredError, match="GUARD_POLICY"):
        read_policy(path)


async def test_the_health_knows_the_second_judge(guarded: Guarded, model: OllamaStandIn) -> None:
    """What it is, and that it judges nothing while it is not there."""
    async with guarded() as show:
        health = show.show.health
        judging = next(one for one in health.parts() if one.name == "llama-guard3")
        assert judging.state.startswith("It judges: llama-guard3 on Ollama at")
        await model.go_away()
        show.write("hello")
        await show.until(lambda: "llama-guard3" in health.summary())
        judging = next(one for one in health.parts() if one.name == "llama-guard3")
        assert judging.state == "It is not loaded, so it judges nothing."
