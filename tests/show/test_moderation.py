"""A moderator's word against a show that is on: it has happened when the comment has come in."""

import asyncio
import json
import logging
from pathlib import Path

import pytest

from bot.chat import Author, Comment, Platform, Retraction, Role
from bot.intake.approval import PENDING_LIMIT, Approve
from tests.standins.ollama import Fault, Gate, OllamaStandIn, Step, Thinking
from tests.support.rehearsal import GREETING, MODERATOR, UNABLE, Rehearsal, rehearsal
from tests.support.twitch import until

REPLY = ("Hello!", "Nice to see you.")


async def hold(show: Rehearsal, *steps: Step) -> Gate:
    """Have the next reply stop after these steps, and something worse follow them."""
    gate = Gate()
    show.ollama.will(*steps, gate, " never to be seen. ", "Nor this.")
    return gate


async def test_pause_in_mid_sentence(show: Rehearsal) -> None:
    """The stage is blank when the command has come in, and stays so; the model stops."""
    gate = await hold(show, "Hi taro! ", "The sea")
    show.write("hello")
    await gate.reached()
    await show.board.shows("Hi taro!")
    show.write("waiting")
    show.write("waiting too", paid="500")
    show.order("!pause")
    assert show.board.is_blank
    assert show.director.paused
    assert len(show.queue) == 1
    count = len(show.board.history)
    await show.ollama.hung_up()
    show.write("while paused")
    await show.clock.advance(100)
    assert set(show.board.history[count:]) <= {None}
    assert len(show.ollama.requests) == 1
    show.order("!resume")
    await show.board.finishes(*REPLY)
    assert show.asked() == "[viewer, paid 500 JPY] taro: waiting too\n[viewer] taro: while paused"
    assert {"role": "assistant", "content": "Hi taro!"} in show.ollama.requests[-1]["messages"]
    assert show.outcomes == ["cut", "finished"]
    assert show.board.ever_seen == {GREETING, "Hi taro!", *REPLY}


async def test_pause_when_more_is_on_its_way(show: Rehearsal) -> None:
    """What the model has sent already, and the bot not yet shown, is never shown."""
    gate = await hold(show, "Hi taro! This is")
    show.write("hello")
    await gate.reached()
    await show.board.shows("Hi taro!")
    show.write("later", paid="500")
    gate.release()
    show.order("!pause")
    await show.clock.advance(100)
    show.order("!resume")
    await show.board.finishes(*REPLY)
    assert show.board.ever_seen == {GREETING, "Hi taro!", *REPLY}


@pytest.mark.parametrize("steps", [(), (Thinking("Hm. "),), ("Hi ta",)])
async def test_pause_before_anything_was_said(show: Rehearsal, steps: tuple[Step, ...]) -> None:
    """Who paid is answered after the pause, and once; who did not is not, as told."""
    gate = await hold(show, *steps)
    show.write("for free")
    show.write("please", paid="500")
    await gate.reached()
    assert show.board.seen == ()
    show.order("!pause")
    assert show.board.is_blank
    assert len(show.queue) == 1
    await show.ollama.hung_up()
    await show.clock.advance(100)
    show.order("!resume")
    await show.board.finishes(*REPLY)
    assert show.asked() == "[viewer, paid 500 JPY] taro: please"
    assert len(show.queue) == 0
    assert show.ollama.requests[0]["messages"][:-1] == show.ollama.requests[1]["messages"][:-1]
    assert show.outcomes == ["cut", "finished"]


async def test_pause_and_resume_at_once(show: Rehearsal) -> None:
    """Two commands in one delivery lose no paid comment, and double none."""
    gate = await hold(show)
    show.write("please", paid="500")
    await gate.reached()
    show.order("!pause")
    show.order("!pause")
    show.order("!resume")
    await show.board.finishes(*REPLY)
    await show.read()
    assert len(show.ollama.requests) == 2
    assert len(show.queue) == 0


async def test_pause_while_a_failure_is_told(show: Rehearsal) -> None:
    """A paid comment that came back already is not put back twice."""
    show.ollama.fault = Fault.BUSY
    show.write("please", paid="500")
    await show.board.finishes(UNABLE)
    show.order("!pause")
    assert show.board.is_blank
    assert len(show.queue) == 1
    show.ollama.fault = None
    await show.clock.advance(2)
    show.order("!resume")
    await show.board.finishes(*REPLY)


async def test_pause_when_nothing_is_on(show: Rehearsal) -> None:
    """Pausing an idle show, twice, and resuming it twice is as good as once."""
    for order in ("!pause", "!pause", "!resume", "!resume"):
        show.order(order)
    show.write("hello")
    await show.board.finishes(*REPLY)


async def test_skip(show: Rehearsal) -> None:
    """The reply is cut where it is; the comments that wait are answered next."""
    gate = await hold(show, "Hi taro! This is")
    show.write("hello")
    await gate.reached()
    await show.board.shows("Hi taro!")
    show.write("next please", "aki")
    show.order("!skip")
    assert show.board.is_blank
    await show.ollama.hung_up()
    await show.board.finishes(*REPLY)
    assert show.asked() == "[viewer] aki: next please"
    await show.asleep()
    assert show.outcomes == ["cut", "finished"]


async def test_skip_what_is_being_read(show: Rehearsal) -> None:
    """A finished reply goes at once, without waiting until it was read, and stays finished."""
    show.write("hello")
    await show.board.finishes(*REPLY)
    show.write("next please", "aki")
    show.order("!skip")
    assert show.board.is_blank
    await show.board.finishes(*REPLY)
    assert show.outcomes == ["finished", "finished"]


async def test_a_skipped_comment_stays_skipped(show: Rehearsal) -> None:
    """A pause right after a skip does not bring back what the moderator skipped."""
    gate = await hold(show)
    show.write("please", paid="500")
    await gate.reached()
    show.order("!skip")
    show.order("!pause")
    await show.ollama.hung_up()
    assert len(show.queue) == 0


async def test_clear(show: Rehearsal) -> None:
    """The screen is blank and the queue empty but for the paid, who are answered next."""
    gate = await hold(show, "Hi taro! This is")
    show.write("hello")
    await gate.reached()
    await show.board.shows("Hi taro!")
    show.write("waiting", "aki")
    show.write("waiting too", "ken", paid="500")
    show.order("!clear")
    assert show.board.is_blank
    assert len(show.queue) == 1
    await show.board.finishes(*REPLY)
    assert show.asked() == "[viewer, paid 500 JPY] ken: waiting too"


@pytest.mark.parametrize("order", ["!pause", "!PAUSE now", "！ｐａｕｓｅ", "!skip", "!clear"])
async def test_a_viewer_is_not_obeyed(show: Rehearsal, order: str) -> None:
    """A viewer's command, whatever name it comes under, changes nothing and is not answered."""
    gate = await hold(show, "Hi taro! This is")
    show.write("hello")
    await gate.reached()
    await show.board.shows("Hi taro!")
    show.write("waiting", "aki")
    show.write(order, "StreamerModerator")
    show.write(order, "a member", frozenset({Role.MEMBER}))
    assert show.board.seen == ("Hi taro!",)
    assert not show.director.paused
    assert len(show.queue) == 1
    assert show.ollama.cancelled == 0


@pytest.mark.parametrize("order", ["!pause", "!PAUSE now", "！ｐａｕｓｅ"])
async def test_a_broadcaster_is_obeyed(show: Rehearsal, order: str) -> None:
    """Whoever owns the channel moderates it, in any spelling, and the model never reads it."""
    show.write("hello")
    await show.board.finishes(*REPLY)
    show.write(order, "owner", frozenset({Role.BROADCASTER}))
    assert show.director.paused
    assert show.board.is_blank
    assert "owner" not in json.dumps(show.ollama.requests)


async def test_tells_the_streamer_what_was_ordered(
    show: Rehearsal, caplog: pytest.LogCaptureFixture
) -> None:
    """Every order is in the log with who gave it; the status is told there, and only there."""
    caplog.set_level("INFO")
    for order in ("!pause", "!resume", "!skip", "!clear", "!status"):
        show.order(order)
    assert [record.message for record in caplog.records] == [
        "mod: the show is paused: the character is silent until !resume.",
        "mod: the show goes on.",
        "mod: the reply is skipped.",
        "mod: the screen is clear, and the comments that waited are gone.",
        "mod: On air: 0 waiting, 0 answered, 0 shed, gpt-oss:120b at 0.0 tokens/s.",
    ]
    assert show.board.ever_seen == {GREETING}


async def test_think(show: Rehearsal, caplog: pytest.LogCaptureFixture) -> None:
    """The model reasons longer from the next reply on; what is no level is told the levels."""
    caplog.set_level("INFO")
    for order in ("!think HIGH", "!think hard", "!think"):
        show.order(order)
    assert show.director.effort == "high"
    assert caplog.messages == [
        "mod: the thinking is high, from the next reply on.",
        "mod: write low, medium or high after !think. It is high now.",
        "mod: write low, medium or high after !think. It is high now.",
    ]
    show.write("hello")
    await show.board.finishes(*REPLY)
    assert show.ollama.requests[-1]["think"] == "high"


async def test_clear_leaves_who_paid_and_was_not_answered(show: Rehearsal) -> None:
    """What is being thought about is dropped like what waits: not what was paid for."""
    gate = await hold(show)
    show.write("for free")
    show.write("please", paid="500")
    await gate.reached()
    show.order("!clear")
    assert show.board.is_blank
    await show.ollama.hung_up()
    await show.board.finishes(*REPLY)
    assert show.asked() == "[viewer, paid 500 JPY] taro: please"


async def test_a_pause_ends_by_itself(show: Rehearsal, caplog: pytest.LogCaptureFixture) -> None:
    """After the time that was typed; one without a time does not, and resuming ends it before."""
    caplog.set_level(logging.INFO)
    running = asyncio.create_task(show.show.moderation.run())
    show.order("!pause 10m")
    assert show.director.paused
    await show.clock.advance(599)
    assert show.director.paused
    await show.clock.advance(1)
    assert "The pause is over" in caplog.text
    show.write("hello")
    await show.board.finishes(*REPLY)
    show.order("!pause 1m")
    show.order("!resume")
    show.order("!pause")
    await show.clock.advance(36_000)
    assert show.director.paused
    running.cancel()
    await asyncio.wait({running})


async def test_whose_words_are_withheld_can_be_muted(
    show: Rehearsal, caplog: pytest.LogCaptureFixture
) -> None:
    """Moderators read them on the panel, and want no more of that."""
    caplog.set_level(logging.INFO)
    show.write("call me at 090-1234-5678", "pest")
    show.order("!mute pest")
    assert caplog.messages[-1] == "mod: pest is muted until !unmute."


async def test_a_viewer_is_muted(show: Rehearsal, caplog: pytest.LogCaptureFixture) -> None:
    """Also what waits, what is being answered and what is on stage; for as long as is typed."""
    caplog.set_level(logging.INFO)
    gate = await hold(show, "Hi taro! This is")
    show.write("hello")
    await gate.reached()
    await show.board.shows("Hi taro!")
    show.write("more of it")
    show.write("hi", "aki")
    show.order("!mute taro 10m")
    assert show.board.is_blank
    assert "mod: taro is muted for 600 s." in caplog.text
    show.write("and more")
    await show.board.finishes(*REPLY)
    assert show.asked() == "[viewer] aki: hi"
    assert [comment.text for comment, _ in show.notes.withheld] == ["and more"]
    await show.clock.advance(600)
    show.write("sorry")
    await show.board.shows(REPLY[0])
    await show.board.finishes(*REPLY)
    assert show.asked() == "[viewer] taro: sorry"
    show.order("!mute @Taro")
    show.order("!unmute taro")
    show.write("thanks")
    assert len(show.queue) == 1


async def test_whom_a_name_means(show: Rehearsal, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody who has not written; of two it is asked which one, by the platform."""
    caplog.set_level(logging.INFO)
    show.order("!unmute taro")
    show.order("!mute taro")
    assert "nobody who is called taro has written" in caplog.text
    show.write("hello")
    there = Author("77", "Taro")
    show.receive(Comment(Platform.TWITCH, "t1", there, "hi", show.clock.now()))
    show.order("!mute taro")
    assert "2 viewers are called taro: write twitch or youtube after the name." in caplog.text
    show.order("!mute taro twitch 5m")
    assert "mod: Taro is muted for 300 s." in caplog.text


async def test_a_topic_is_banned(show: Rehearsal, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing that holds the word is heard or said, until it is allowed again."""
    caplog.set_level(logging.INFO)
    show.order("!ban-topic pineapple")
    show.write("what about PINEAPPLE?")
    show.ollama.will("I love pineapple. ", "Well?")
    show.ollama.will("Let us talk of ships.")
    show.write("hello")
    await show.board.finishes("Let us talk of ships.")
    assert show.asked(0) == "[viewer] taro: hello"
    assert [reasons for _, reasons in show.notes.withheld] == [
        ("it holds the banned topic pineapple",)
    ]
    show.order("!allow-topic Pineapple")
    show.order("!allow-topic pineapple")
    show.order("!ban-topic")
    for typed in ("!ban-topic :)", "!ban-topic /(/"):
        show.order(typed)
    assert ":) holds no letter" in caplog.text
    assert "/(/ is no regular expression" in caplog.text
    assert "pineapple was not banned in this show" in caplog.text
    assert "write a word after !ban-topic" in caplog.text
    await show.read()
    show.write("what about pineapple?")
    await show.board.shows(REPLY[0])


async def test_a_moderator_is_told_what_became_of_it(
    show: Rehearsal, caplog: pytest.LogCaptureFixture
) -> None:
    """Also of what is no command, and of what only almost is one."""
    caplog.set_level(logging.INFO)
    for typed in ("!help", "!skp", "!uptime"):
        show.order(typed)
    told = [record.getMessage() for record in caplog.records if record.name.endswith("moderation")]
    assert told[0].startswith("mod: you can type !pause !resume")
    assert told[1:] == [
        "mod: !skp is no command: is !skip meant? Nothing was done.",
        "mod: !uptime is no command of this bot's.",
    ]


async def test_what_a_moderator_has_it_say(
    show: Rehearsal, caplog: pytest.LogCaptureFixture
) -> None:
    """Word for word, after the reply that is on; what may not be shown is not said."""
    caplog.set_level(logging.INFO)
    show.write("hello")
    await show.board.shows(REPLY[0])
    show.order("!say The stream ends at ten.")
    show.order("!say kys")
    show.order("!topic kys")
    show.order("!say")
    await show.board.finishes(*REPLY)
    await show.read()
    await show.board.finishes("The stream ends at ten.")
    assert "this is not said, because it holds what the blocklist has as kys" in caplog.text
    assert "write a text after !say" in caplog.text
    await show.read()
    show.write("hi", "aki")
    await show.board.shows(REPLY[0])


async def test_what_a_moderator_has_it_talk_about(show: Rehearsal) -> None:
    """Also while others wait, who are answered after it."""
    show.ollama.will("The tide is out.")
    show.order("!topic the tide")
    await show.board.finishes("The tide is out.")
    assert "the tide" in show.asked()
    show.write("hello")
    await show.read()
    await show.board.finishes(*REPLY)


async def test_a_topic_is_no_less_for_comments_that_wait(show: Rehearsal) -> None:
    """It was asked for: the character does not break off as it does where it only fills time."""
    gate = Gate()
    show.ollama.will(gate, "The tide is out. ", "So there.")
    show.order("!topic the tide")
    await gate.reached()
    show.write("hello")
    gate.release()
    await show.board.finishes("The tide is out.", "So there.")
    await show.read()
    await show.board.finishes(*REPLY)


async def test_a_pause_drops_what_was_to_be_said(show: Rehearsal) -> None:
    """Silence is silence."""
    show.write("hello")
    await show.board.shows(REPLY[0])
    show.order("!say The stream ends at ten.")
    show.order("!pause")
    await show.clock.advance(60)
    show.order("!resume")
    await show.clock.advance(60)
    assert "The stream ends at ten." not in show.board.ever_seen


async def test_what_is_delayed_can_be_stopped_unseen(
    show: Rehearsal, caplog: pytest.LogCaptureFixture
) -> None:
    """The streamer reads each sentence so long before viewers do; a skip stops it."""
    caplog.set_level(logging.INFO)
    for typed in ("!delay", "!delay 5m", "!delay soon"):
        show.order(typed)
    assert caplog.text.count("write up to 60 seconds after !delay") == 3
    show.order("!delay 3s")
    show.write("hello")
    await show.board.shows()
    await show.asleep()
    await until(lambda: bool(show.notes.upcoming_sentences))
    assert show.notes.upcoming_sentences == [REPLY[0]]
    await show.clock.advance(2.9)
    assert show.board.seen == ()
    await show.clock.advance(0.2)
    await show.board.shows(REPLY[0])
    await until(lambda: len(show.notes.upcoming_sentences) == 2)
    show.order("!skip")
    await show.clock.advance(60)
    assert REPLY[1] not in show.board.ever_seen
    show.order("!delay 0")
    show.write("again")
    await show.board.shows(REPLY[0])


@pytest.mark.parametrize(
    ("typed", "undo", "undone"),
    [
        ("!pause", "resume", "the show goes on."),
        ("!pause 10m", "resume", "the show goes on."),
        ("!mute taro", "unmute taro youtube", "taro is heard again."),
        ("!ban-topic Natto", "allow-topic Natto", "Natto is allowed again."),
        ("!think high", "think low", "the thinking is low, from the next reply on."),
        ("!delay 3s", "delay 0s", "each sentence is delayed by 0 s."),
    ],
)
async def test_what_can_be_undone_has_its_way_back(
    show: Rehearsal, caplog: pytest.LogCaptureFixture, typed: str, undo: str, undone: str
) -> None:
    """A command, which is given with what was done."""
    caplog.set_level(logging.INFO)
    show.write("hello", "taro")
    show.order(typed)
    assert show.notes.undos == [undo]
    show.order(f"!{undo}")
    assert caplog.messages[-1] == f"mod: {undone}"


async def test_what_was_not_done_has_no_way_back(show: Rehearsal) -> None:
    """Nor has what is over."""
    for typed in ("!skip", "!mute nobody", "!delay 9m", "!allow-topic natto", "!think", "!dance"):
        show.order(typed)
    assert not any(show.notes.undos)


async def test_moderators_are_told_in_their_chat(show: Rehearsal) -> None:
    """What became of a command of ours; another bot's is no matter, and no slur is posted."""
    for typed in ("!skip", "!skp", "!uptime", "!mute kys"):
        show.order(typed)
    show.write("!skip")
    assert show.notes.answers == [
        ("mod", "the reply is skipped."),
        ("mod", "!skp is no command: is !skip meant? Nothing was done."),
    ]


async def test_what_the_judge_withholds_is_let_through(show: Rehearsal) -> None:
    """By its id and as it was written, once; not with all that waits, and not what is deleted."""
    for number in range(3):
        show.write(f"call me at 090-1234-567{number}", f"viewer{number}")
    withheld = [comment for comment, _ in show.notes.withheld]
    assert [comment.author.name for comment in withheld] == ["viewer0", "viewer1", "viewer2"]
    waiting = len(show.queue)
    show.order("!ok")
    show.order("!ok viewer0")
    show.receive(Retraction(Platform.YOUTUBE, comment_id=withheld[2].id))
    show.order(f"!ok {withheld[2].id}")
    assert len(show.queue) == waiting
    show.order(f"!ok {withheld[1].id}")
    show.order(f"!ok {withheld[1].id}")
    let_in = [one.text for one in show.notes.comments if one.author.name == "viewer1"]
    assert let_in.count("call me at 090-1234-5671") == 1
    assert show.notes.answers[-2:] == [
        ("mod", "let in: 1."),
        ("mod", "nothing of that waits for approval."),
    ]


async def test_a_comment_without_its_name_is_in_already(show: Rehearsal) -> None:
    """To let it through would be to answer it twice."""
    show.write("good evening", "call 090-1234-5678")
    [(withheld, reasons)] = show.notes.withheld
    assert reasons[0].startswith("the name holds")
    assert show.queue.counts["heard"] == 1
    show.order(f"!ok {withheld.id}")
    assert show.queue.counts["heard"] == 1
    assert show.notes.answers == [("mod", "nothing of that waits for approval.")]


async def test_comments_wait_for_approval(tmp_path: Path, ollama: OllamaStandIn) -> None:
    """Nobody sees one before it is let in: by its id, by its author's name, or all together."""
    async with rehearsal(tmp_path / "history.db", ollama, approve=Approve.EVERYBODY) as show:
        for author in ("taro", "aki", "bo", "cy"):
            show.write(f"hello from {author}", author)
        show.write("good evening", "mod", MODERATOR)
        assert [comment.author.name for comment in show.notes.held] == ["taro", "aki", "bo", "cy"]
        assert len(show.queue) == 1, "moderators do not wait"
        show.order(f"!ok {show.notes.held[1].id}")
        show.order("!ok @TARO")
        show.receive(Retraction(Platform.YOUTUBE, author_id="UC-bo"))
        assert len(show.queue) == 3
        show.order("!ok")
        assert len(show.queue) == 4
        show.order("!ok")
        show.order("!ok nobody")
        assert [text for _, text in show.notes.answers] == [
            *(["let in: 1."] * 3),
            *(["nothing of that waits for approval."] * 2),
        ]


async def test_newcomers_wait_for_approval(tmp_path: Path, ollama: OllamaStandIn) -> None:
    """Who was let in once, in this show or an earlier one, need not wait again."""
    database = tmp_path / "history.db"
    async with rehearsal(database, ollama, approve=Approve.NEWCOMERS) as show:
        show.write("hello")
        assert len(show.queue) == 0
        show.order("!ok")
        await show.board.finishes(*REPLY)
        show.write("again")
        assert len(show.queue) == 1
    async with rehearsal(database, ollama, approve=Approve.NEWCOMERS) as show:
        show.write("and again")
        show.write("thanks", "a patron", paid="500")
        for number in range(PENDING_LIMIT + 1):
            show.write("me too", f"newcomer {number}")
        show.order("!clear")
        show.order("!ok")
        assert show.notes.answers[-1][1] == f"let in: {PENDING_LIMIT + 1}.", "the patron is there"


async def test_a_ban_reaches_what_waits(show: Rehearsal) -> None:
    """Also what is being thought about already; who paid is thanked, without the words."""
    gate = await hold(show, "Hi taro! This is")
    show.write("hello")
    await gate.reached()
    await show.board.shows("Hi taro!")
    show.write("pineapple!", "aki")
    show.write("a pineapple for you", "bo", paid="500")
    show.write("good evening", "cy")
    show.order("!ban-topic pineapple")
    assert len(show.queue) == 2
    show.order("!skip")
    await show.board.finishes(*REPLY)
    assert show.asked() == "[viewer, paid 500 JPY] bo:\n[viewer] cy: good evening"
