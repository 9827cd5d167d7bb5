"""A server that has forgotten what it had read is noticed by its own figures, and told once."""

import logging

import pytest

from bot.writing.rereading import Rereading


@pytest.mark.parametrize(
    ("expected", "took", "loading", "is_lost"),
    [
        (1.0, 33.0, 0.1, True),
        (0.1, 0.5, 16.0, True),
        (0.0, 3.5, 0.1, True),
        (1.0, 3.5, 0.1, False),
        (10.0, 30.0, 0.1, False),
        (0.05, 1.0, 0.1, False),
        (30.0, 33.0, 0.1, False),
    ],
)
def test_what_took_far_longer_than_it_should(
    expected: float, took: float, loading: float, *, is_lost: bool
) -> None:
    """Some seconds, and many times as long: machines have their moods."""
    rereading = Rereading("gpt-oss:120b")
    assert rereading.is_lost(expected=expected, took=took, loading=loading) is is_lost


def test_it_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """With how long viewers waited for it, and what may be the reason."""
    caplog.set_level(logging.WARNING)
    rereading = Rereading("gpt-oss:120b")
    for took in (20.0, 30.0):
        assert rereading.is_lost(expected=1.0, took=took, loading=13.0)
    [told] = caplog.messages
    assert "loaded gpt-oss:120b anew" in told
    assert "33 s" in told
    assert "num_ctx" in told
