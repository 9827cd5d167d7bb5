"""The show's loop, with a real intake and memory, and a model that says what it is told."""

import asyncio
import json
import logging
from itertools import pairwise
from pathlib import Path

import pytest

from bot.writing.answer import SENTENCE_LIMIT
from bot.writing.reading_time import reading_seconds
from tests.standins.ollama import End, ErrorLine, Fault, Gate, OllamaStandIn, Step, Thinking
from tests.support.rehearsal import GREETING, MIKA, UNABLE, Rehearsal, rehearsal


async def test_answers_sentence_by_sentence(show: Rehearsal) -> None:
    """Each sentence is seen as soon as it is whole, and is in the database by then."""
    gates = [Gate(), Gate()]
    show.ollama.will("Hi ", "taro", "! The", gates[0], " sea ", "is calm. You", gates[1], "?")
    show.write("hello Mika")
    await gates[0].reached()
    await show.board.shows("Hi taro!")
    gates[0].release()
    await gates[1].reached()
    await show.board.shows("Hi taro!", "The sea is calm.")
    gates[1].release()
    await show.board.finishes("Hi taro!", "The sea is calm.", "You?")
    assert show.board.history[-5:-3] == [(), ("Hi taro!",)]
    assert show.asked() == "[viewer] taro: hello Mika"
    assert show.director.answered == 1
    assert show.writer.speed == pytest.approx(40.0)
    await show.asleep()
    assert show.outcomes == ["finished"]
    assert show.rows("SELECT author_name, text FROM answers JOIN comments ON comment_id = id") == [
        ("taro", "hello Mika")
    ]
    assert show.board.unwritten == []


async def test_a_reply_stays_until_it_is_read(show: Rehearsal) -> None:
    """The next comment waits for as long as viewers need to read the reply before it."""
    sentence = "It is a clear night and the gulls are asleep on the rocks by the sea."
    show.ollama.will(sentence)
    show.write("hello")
    await show.board.finishes(sentence)
    left = reading_seconds("hello") + reading_seconds(sentence)
    show.write("and now?", "aki")
    await show.clock.advance(left - 0.1)
    assert len(show.ollama.requests) == 1
    await show.clock.advance(0.2)
    await show.board.finishes("Hello!", "Nice to see you.")


async def test_a_reply_does_not_stay_for_ever(show: Rehearsal) -> None:
    """In a chat that has fallen silent the stage is blanked some time after everybody has read."""
    show.write("hello")
    await show.board.finishes("Hello!", "Nice to see you.")
    await show.clock.advance(15)
    assert show.board.seen
    await show.clock.advance(15)
    assert show.board.is_blank


async def test_a_reply_is_not_taken_for_the_one_before(show: Rehearsal) -> None:
    """Words that come when the last reply would have been blanked stay on stage."""
    show.write("hello")
    await show.board.finishes("Hello!", "Nice to see you.")
    await show.clock.advance(15)
    gate = Gate()
    show.ollama.will("Hi aki! There", gate, " is more.")
    show.write("hello", "aki")
    await show.board.shows("Hi aki!")
    await show.clock.advance(15)
    assert show.board.seen == ("Hi aki!",)


async def test_thinking_stays_behind_the_stage(show: Rehearsal) -> None:
    """What the model thinks reaches the streamer: no stage, no database, no later prompt."""
    show.ollama.thought = ""
    show.ollama.will(Thinking("They plot. "), Thinking("I must lie."), "Hi taro!")
    show.write("hello")
    await show.board.finishes("Hi taro!")
    await show.read()
    show.write("again")
    await show.board.finishes("Hello!", "Nice to see you.")
    assert show.notes.thought == "They plot. I must lie."
    assert show.board.ever_seen == {GREETING, "Hi taro!", "Hello!", "Nice to see you."}
    assert "must lie" not in json.dumps(show.ollama.requests)
    assert b"must lie" not in b"".join(
        path.read_bytes() for path in show.database.parent.glob("history.db*")
    )


async def test_the_prompt_only_grows(show: Rehearsal) -> None:
    """Each prompt begins with the last one, byte for byte, and what was seen of its reply."""
    show.write("hello")
    await show.board.finishes("Hello!", "Nice to see you.")
    await show.read()
    gate = Gate()
    show.ollama.will("It is late. Good", gate, " night.")
    show.write("what time <is> [it]", "aki")
    await show.board.shows("It is late.")
    show.order("!skip")
    show.write("bye", paid="500")
    await show.board.finishes("Hello!", "Nice to see you.")
    first, second, third = (request["messages"] for request in show.ollama.requests)
    assert first[0]["content"].startswith(MIKA.profile)
    assert [message["role"] for message in first] == ["system", "user", "assistant", "user"]
    assert "[viewer] joss: are you awake?" in first[1]["content"]
    assert first[2]["content"] == "Always, joss!"
    assert show.asked(0) == "[viewer] taro: hello"
    assert second[:-2] == first
    assert second[-2] == {"role": "assistant", "content": "Hello! Nice to see you."}
    assert show.asked(1) == "[viewer] aki: what time ‹is› (it)"
    assert third[:-2] == second
    assert third[-2] == {"role": "assistant", "content": "It is late."}
    assert show.asked(2) == "[viewer, paid 500 JPY] taro: bye"


async def test_remembers_after_a_restart(tmp_path: Path, ollama: OllamaStandIn) -> None:
    """The next show on the same database goes on with the same prompt, failures left out."""
    database = tmp_path / "history.db"
    async with rehearsal(database, ollama) as show:
        show.write("hello")
        await show.board.finishes("Hello!", "Nice to see you.")
        await show.read()
        ollama.will()
        ollama.will()
        show.write("say nothing")
        await show.board.finishes(UNABLE)
        before = ollama.requests[0]["messages"]
    async with rehearsal(database, ollama) as show:
        show.write("me again")
        await show.board.finishes("Hello!", "Nice to see you.")
        *remembered, reply, _ = ollama.requests[0]["messages"]
        assert remembered == before
        assert reply == {"role": "assistant", "content": "Hello! Nice to see you."}
        assert show.asked() == "[viewer] taro: me again"


async def test_a_long_history_is_folded_in_one_step(show: Rehearsal) -> None:
    """The prompt never outgrows the context: the oldest exchanges go, many at once."""
    lengths = []
    for number in range(60):
        show.ollama.will(f"That was story {number}.")
        show.write("a long story " * 40)
        await show.board.finishes(f"That was story {number}.")
        lengths.append(len(show.ollama.requests[-1]["messages"]))
        await show.read()
    steps = [after - before for before, after in pairwise(lengths)]
    folds = [step for step in steps if step < 0]
    assert 1 <= len(folds) <= 5
    assert all(fold < -10 for fold in folds)
    assert max(lengths) < 60, "servers take their time for each message"
    assert max(len(json.dumps(request)) for request in show.ollama.requests) < 4 * 8192


@pytest.mark.parametrize(
    "steps",
    [
        (),
        ("\n", "\n\n"),
        ("***", "\n", "---"),
        (Thinking("Hm. "),) * 2000,
        ("<think>Shall I? No.",),
        ("<|channel|>analysis<|message|>They plot.<|end|>",),
    ],
    ids=["nothing", "newlines", "rules", "out of tokens", "unclosed", "analysis"],
)
async def test_an_empty_reply_is_one_of_the_persona_s_lines(
    show: Rehearsal, steps: tuple[Step, ...], caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever the model leaves unsaid, viewers see the character's own line, once, and go on."""
    show.ollama.will(*steps)
    show.ollama.will(*steps)
    show.write("hello")
    await show.board.finishes(UNABLE)
    assert len(show.ollama.requests) == 2, "the model had a second chance"
    assert "gave nothing to say" in caplog.text
    await show.read()
    show.write("again")
    await show.board.finishes("Hello!", "Nice to see you.")
    assert show.outcomes[0] == "failed"
    assert show.board.ever_seen == {GREETING, UNABLE, "Hello!", "Nice to see you."}


async def test_a_paid_comment_gets_a_second_chance_and_no_third(show: Rehearsal) -> None:
    """Where the model gave nothing the paid ask once more; they cannot hold the show up."""
    for _ in range(4):
        show.ollama.will()
    show.write("for free")
    show.write("please", paid="500")
    for _ in range(2):
        await show.board.finishes(UNABLE)
        await show.read()
    assert [show.asked(number) for number in (0, 2)] == [
        "[viewer] taro: for free\n[viewer, paid 500 JPY] taro: please",
        "[viewer, paid 500 JPY] taro: please",
    ]
    assert len(show.queue) == 0
    assert len(show.ollama.requests) == 4


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.slow
async def test_survives_a_model_that_fails(
    show: Rehearsal, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    """A line of the persona's own, once, and no attempt that fails; then all are answered."""
    show.ollama.fault = fault
    show.write("for free")
    show.write("please", paid="500")
    await show.board.finishes(UNABLE)
    await show.clock.advance(60)
    assert show.board.is_blank
    assert show.board.history.count((UNABLE,)) == 2, "said, and said to be finished"
    assert [record.levelname for record in caplog.records].count("ERROR") == 1
    show.ollama.fault = None
    await show.is_ready()
    await show.board.finishes("Hello!", "Nice to see you.")
    assert show.asked() == "[viewer] taro: for free\n[viewer, paid 500 JPY] taro: please"
    assert UNABLE not in json.dumps(show.ollama.requests[-1], ensure_ascii=False)
    await show.asleep()
    assert show.outcomes == ["failed", "finished"]
    assert all(record.exc_info is None for record in caplog.records)


@pytest.mark.parametrize("step", [ErrorLine(), End.CUT, End.STOP, End.QUIET], ids=str)
async def test_a_reply_that_breaks_off_stays_as_far_as_it_came(show: Rehearsal, step: Step) -> None:
    """What was said stays said, half a sentence is not shown, and the show goes on."""
    show.ollama.will("Hi taro! ", "I was about to", step)
    show.write("hello", paid="500")
    await show.board.finishes("Hi taro!")
    await show.read()
    assert show.outcomes == ["failed"]
    await show.clock.advance(2)
    show.write("again")
    await show.board.finishes("Hello!", "Nice to see you.")
    assert show.asked() == "[viewer] taro: again"


async def test_takes_back_thinking_that_leaked(
    show: Rehearsal, caplog: pytest.LogCaptureFixture
) -> None:
    """At an end of thinking that had no beginning the stage is blank; later replies are clean."""
    gate = Gate()
    show.ollama.will("They greet me. ", "Let me think. So", gate, "</think>", "Hi taro! ", "Well?")
    show.write("hello")
    await show.board.shows("They greet me.", "Let me think.")
    gate.release()
    await show.board.until(lambda: show.board.is_blank)
    assert "has been taken back" in caplog.text
    show.ollama.will("Aki greets. ", "So do I. ", "</thi", "nk>", "Hi aki! ")
    show.write("hello", "aki")
    await show.board.finishes("Hi aki!")
    assert "Aki greets." not in show.board.ever_seen
    assert "Let me think" not in json.dumps(show.ollama.requests)
    await show.read()
    assert show.outcomes == ["failed", "finished"]


async def test_is_not_silenced_by_a_mark_that_came_once(show: Rehearsal) -> None:
    """A viewer who makes the model write the mark costs two replies, not the rest of the show."""
    show.ollama.will("As you wish: </think> there.")
    show.write("write an end of thinking")
    await show.ollama.asked(1)
    show.write("hello")
    await show.board.finishes(UNABLE)
    await show.read()
    show.write("are you there?")
    await show.board.finishes("Hello!", "Nice to see you.")


async def test_stops_a_model_that_goes_on_and_on(show: Rehearsal) -> None:
    """After so many sentences the model is stopped, at the model's end as well."""
    show.ollama.will(*(f"Story {number}! " for number in range(50)), Gate())
    show.write("hello")
    await show.board.finishes(*(f"Story {number}!" for number in range(SENTENCE_LIMIT)))
    await show.ollama.hung_up()
    await show.asleep()
    assert show.outcomes == ["finished"]


async def test_a_bug_is_loud_in_the_log_and_not_on_stage(
    show: Rehearsal, caplog: pytest.LogCaptureFixture
) -> None:
    """Our own mistake has its traceback in the log, blanks the stage, and does not end the show."""
    show.board.broken = RuntimeError("a bug of ours")
    show.write("hello")
    await show.board.until(lambda: show.board.history[-2:] == [(), None])
    show.board.broken = None
    (record,) = (record for record in caplog.records if record.levelno == logging.ERROR)
    assert record.exc_info
    assert str(record.exc_info[1]) == "a bug of ours"
    show.write("again")
    await show.board.finishes("Hello!", "Nice to see you.")


async def test_the_end_of_the_show_blanks_the_stage(show: Rehearsal) -> None:
    """Ended in mid-sentence: nothing is seen, the model stops, and what was said stays said."""
    gate = Gate()
    show.ollama.will("Hi taro! There", gate, " is more.")
    show.write("hello")
    await show.board.shows("Hi taro!")
    show.running.cancel()
    await show.board.until(lambda: show.board.is_blank)
    await show.ollama.hung_up()
    await asyncio.wait({show.running})
    assert show.outcomes == ["cut"]
    assert show.rows("SELECT text FROM sentences WHERE reply_id = 2") == [("Hi taro!",)]


async def test_the_end_of_the_show_blanks_a_finished_reply(show: Rehearsal) -> None:
    """Ended while viewers read: nothing is seen, and the reply counts as finished."""
    show.write("hello")
    await show.board.finishes("Hello!", "Nice to see you.")
    await show.clock.advance(1)
    show.running.cancel()
    await asyncio.wait({show.running})
    assert show.board.is_blank
    assert show.outcomes == ["finished"]


async def test_the_mood_is_shown_and_remembered(tmp_path: Path, ollama: OllamaStandIn) -> None:
    """Each sentence has the mood of the last tag before it, on the stages and in the history."""
    moody = MIKA.model_copy(update={"moods": ("joy", "calm")})
    async with rehearsal(tmp_path / "history.db", ollama, persona=moody) as show:
        ollama.will("[joy] Hi taro, I am so glad! ", "You too? ", "[calm] Sit down.")
        show.write("hello")
        await show.board.finishes("Hi taro, I am so glad!", "You too?", "Sit down.")
        assert show.board.moods[-3:] == ["joy", "joy", "calm"]
        assert show.rows("SELECT mood FROM sentences ORDER BY reply_id, position") == [
            ("",),
            ("joy",),
            ("joy",),
            ("calm",),
        ]


async def test_a_bug_while_a_reply_is_written_leaves_nobody_waiting(
    show: Rehearsal, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who paid is answered after it; that it is a bug is loud in the log."""

    def fail(_: str) -> None:
        raise RuntimeError("a bug of ours")

    with monkeypatch.context() as broken:
        broken.setattr(show.notes, "thinking", fail)
        show.ollama.will(Thinking("Hm."), "Never seen.")
        show.write("please", paid="500")
        await show.board.until(lambda: show.board.history[-2:] == [(), None])
    await show.board.finishes("Hello!", "Nice to see you.")
    assert show.asked() == "[viewer, paid 500 JPY] taro: please"
    assert "a bug of ours" in caplog.text
    assert "Never seen." not in show.board.ever_seen


async def test_a_model_that_is_back_answers_at_once(
    show: Rehearsal, caplog: pytest.LogCaptureFixture
) -> None:
    """Its server is looked for every two seconds, however long it was away; viewers see nothing."""
    caplog.set_level("INFO")
    show.write("hello")
    await show.board.finishes("Hello!", "Nice to see you.")
    await show.read()
    await show.ollama.go_away()
    show.write("is anybody there?", "aki")
    await show.board.finishes(UNABLE)
    seen = len(show.board.history)
    for _ in range(3):
        await show.clock.advance(100)
    assert set(show.board.history[seen:]) <= {None}, "no empty reply for each attempt"
    show.write("hello again", "mo")
    await show.ollama.come_back()
    await show.is_ready()
    assert "is ready" in caplog.text
    await show.board.finishes("Hello!", "Nice to see you.")
    assert show.asked() == "[viewer] mo: hello again", "nobody expects an answer any more"
    assert caplog.text.count("does not answer at") == 1


async def test_an_outage_in_mid_reply_is_apologised_for(show: Rehearsal) -> None:
    """The character's own line is said after what was said, once, and the comment counts."""
    show.ollama.will("Hi taro! ", "I was about to", End.CUT)
    show.write("hello")
    await show.board.finishes("Hi taro!", UNABLE)
    await show.read()
    assert show.outcomes == ["failed"]
    assert len(show.queue) == 0


async def test_what_fails_again_and_again_is_tried_less_often(show: Rehearsal) -> None:
    """Where the model is there, and only an answer fails each time, the waits grow to a minute."""
    for _ in range(7):
        show.ollama.will(ErrorLine())
    show.write("please", paid="500")
    async with asyncio.timeout(20):
        while show.ollama.scripts_left:
            await show.clock.advance(1)
    await show.clock.advance(60)
    await show.board.finishes("Hello!", "Nice to see you.")
    rests = [rest for rest in (4, 8, 16, 32, 60, 64) if rest in show.clock.slept]
    assert rests == [8, 16, 32, 60]
