"""The ladder of a silent chat."""

import math
import random

from bot.persona import Persona
from bot.show.idle import Idle
from tests.support.rehearsal import MIKA

TOPICS = ("tea", "storms")


def silence_of(persona: Persona) -> Idle:
    """Return the ladder of a persona."""
    return Idle(persona, random.Random(1))  # noqa: S311  it chooses a topic


def test_it_goes_on_then_finds_a_topic_and_then_rests() -> None:
    """After somebody was answered: the same topic, a new one, and the next only after a rest."""
    silence = silence_of(MIKA.model_copy(update={"topics": TOPICS, "quiet_seconds": 40.0}))
    silence.break_off()
    steps = []
    for _ in range(4):
        seconds = silence.seconds
        steps.append((seconds, silence.topic()))
    assert [seconds for seconds, _ in steps] == [40, 40, 240, 240]
    assert steps[0][1] is None
    assert {steps[1][1], steps[2][1]} == {*TOPICS}


def test_a_show_begins_with_a_topic() -> None:
    """Where nobody has been answered yet there is nothing to go on with."""
    silence = silence_of(MIKA.model_copy(update={"topics": TOPICS}))
    assert silence.topic() in TOPICS


def test_a_comment_leads_back_to_the_first_step() -> None:
    """The ladder is climbed anew after each conversation."""
    silence = silence_of(MIKA.model_copy(update={"topics": TOPICS, "quiet_seconds": 40.0}))
    for _ in range(5):
        silence.topic()
    silence.break_off()
    assert silence.seconds == 40
    assert silence.topic() is None


def test_a_persona_without_topics_goes_on() -> None:
    """It has nothing else to offer."""
    silence = silence_of(MIKA)
    assert [silence.topic() for _ in range(3)] == [None] * 3


def test_some_never_speak_by_themselves() -> None:
    """A persona that does not wish it, and a model that cannot."""
    assert silence_of(MIKA.model_copy(update={"quiet_seconds": 0})).seconds == math.inf
    assert Idle(None, random.Random(1)).seconds == math.inf  # noqa: S311
