"""A reply takes as long on a slow machine as on a fast one, because less or more is asked of it."""

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import ENGLISH, JAPANESE, LANGUAGES
from bot.llm.options import Effort
from bot.writing.budget import MOST_REMARKS, MOST_SENTENCES, Budget, Plan
from bot.writing.reading_time import reading_seconds

_TOKENS = {"en": 15, "ja": 25}
_SAMPLE = {"en": "A sentence of about sixty letters, which is a usual length.", "ja": "あ" * 30}
_COMMENT = {"en": "what is your favourite song?", "ja": "好きな歌はなんですか？"}


def measured(
    speed: float,
    reading: float,
    *,
    language: Literal["en", "ja"] = "ja",
    seconds: float = 15,
    thinking: int = 40,
) -> Budget:
    """Return a budget that has seen a machine of these speeds at work."""
    budget = Budget(LANGUAGES[language], seconds=seconds, effort="low")
    for _ in range(8):
        tokens = thinking + 3 * _TOKENS[language]
        budget.read(200, 200 / reading)
        budget.wrote(tokens, tokens / speed, thinking=thinking, sentences=3)
    return budget


@pytest.mark.parametrize(
    ("speed", "reading", "language", "plan"),
    [
        (3, 15, "ja", Plan(1, 60, 1)),
        (8.5, 50, "ja", Plan(3, 150, 2)),
        (44, 800, "ja", Plan(3, 1200, 2)),
        (200, 3000, "ja", Plan(3, 1200, 2)),
        (3, 15, "en", Plan(1, 60, 1)),
        (8.5, 50, "en", Plan(4, 150, 3)),
        (44, 800, "en", Plan(3, 1200, 2)),
        (200, 3000, "en", Plan(3, 1200, 2)),
    ],
)
def test_what_is_asked_of_machines(
    speed: float, reading: float, language: Literal["en", "ja"], plan: Plan
) -> None:
    """From a laptop to a graphics card: 3, 8.5, 44 and 200 tokens a second."""
    assert measured(speed, reading, language=language).plan() == plan


def test_the_slow_machine_is_assumed_before_the_first_measurement() -> None:
    """Nothing is known yet, and the first viewer must not wait for minutes."""
    assert Budget(JAPANESE, seconds=15, effort="low").plan() == measured(8.5, 50).plan()


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("speed", [3, 8.5, 44, 200])
def test_a_reply_takes_about_the_time_it_should(
    speed: float, language: Literal["en", "ja"]
) -> None:
    """Read, thought and written, or read by viewers, it takes no more than a little over that."""
    reading = speed * 6
    plan = measured(speed, reading, language=language).plan()
    thinking = plan.tokens / reading + 40 / speed
    written = thinking + plan.sentences * _TOKENS[language] / speed
    comments = max(0.0, plan.size * reading_seconds(_COMMENT[language]) - thinking)
    seen = comments + plan.sentences * reading_seconds(_SAMPLE[language])
    allowed = 1.25 * 15
    assert seen < allowed
    # Nobody can make a machine of three tokens a second think and speak in fifteen seconds.
    assert written < allowed or (plan.sentences == 1 and speed == 3)


def test_more_time_is_used() -> None:
    """A persona that may take its time says more, up to what anybody listens to."""
    counts = [
        measured(44, 800, seconds=seconds).plan().sentences for seconds in (3, 10, 20, 30, 60)
    ]
    assert counts == sorted(counts)
    assert counts[0] == 1
    assert counts[-1] == MOST_SENTENCES


def test_long_thinking_leaves_little_to_say() -> None:
    """Tokens that nobody hears are taken from the answer, and forgotten with the effort."""
    budget = measured(20, 400, thinking=400)
    assert budget.plan().sentences == 1
    budget.effort = "medium"
    budget.effort = "low"
    assert budget.plan().sentences > 1


@pytest.mark.parametrize(("effort", "sentences"), [("low", 2), ("medium", 1), ("high", 1)])
def test_the_level_counts_before_it_was_measured(effort: Effort, sentences: int) -> None:
    """A moderator who asks for more thinking gets shorter answers, at the same length of time."""
    budget = measured(8.5, 50)
    budget.effort = effort
    assert budget.effort == effort
    assert budget.plan().sentences == sentences


def test_one_odd_reply_does_not_turn_the_plan_over() -> None:
    """What was measured over many tokens weighs more than what was over a few."""
    budget = measured(44, 800, seconds=25)
    budget.wrote(2, 2.0, thinking=0, sentences=1)
    assert budget.plan().sentences == 3


def test_what_is_past_weighs_less_and_less() -> None:
    """A slow reply does not shorten the next at once, three do, and one fast one ends it."""
    budget = measured(44, 800, seconds=20)
    sentences = []
    for speed in (4, 4, 4, 4, 4, 44):
        budget.wrote(115, 115 / speed, thinking=40, sentences=3)
        sentences.append(budget.plan().sentences)
    assert sentences == [3, 3, 3, 2, 2, 3]


def test_it_follows_a_machine_that_slows_down() -> None:
    """A game is started beside the model: after a few replies less is asked."""
    budget = measured(44, 800)
    for _ in range(5):
        budget.read(200, 13.0)
        budget.wrote(115, 115 / 4, thinking=40, sentences=3)
    assert budget.plan() == Plan(1, 60, 1)


_FIGURE = st.floats(0, 1e6) | st.integers(0, 10**9)


@given(
    st.floats(3, 60),
    st.lists(st.tuples(_FIGURE, _FIGURE, st.integers(0, 100), st.integers(0, 100)), max_size=5),
)
def test_any_figures_make_a_sane_plan(
    seconds: float, figures: list[tuple[float, float, int, int]]
) -> None:
    """Zeroes, and what a broken server may report, leave at least a sentence and a remark."""
    budget = Budget(ENGLISH, seconds=seconds, effort="low")
    for amount, per, thinking, sentences in figures:
        budget.read(int(amount), per)
        budget.wrote(int(amount), per, thinking=thinking, sentences=sentences)
    plan = budget.plan()
    assert 1 <= plan.sentences <= MOST_SENTENCES
    assert 1 <= plan.size <= MOST_REMARKS
    assert 60 <= plan.tokens <= 1200
