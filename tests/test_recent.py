"""What is remembered only for a while never grows beyond its limit."""

from hypothesis import given
from hypothesis import strategies as st

from bot.recent import Recent


@given(keys=st.lists(st.integers(0, 20)), limit=st.integers(1, 8))
def test_the_keys_put_last_are_held(keys: list[int], limit: int) -> None:
    """However many are put, and however often: the newest, each with its newest value."""
    recent: Recent[int, int] = Recent(limit)
    for place, key in enumerate(keys):
        recent[key] = place
        assert len(recent) <= limit
        assert key in recent
    newest = list(dict.fromkeys(reversed(keys)))[:limit]
    assert list(recent) == newest[::-1]
    for key in range(21):
        last = len(keys) - 1 - keys[::-1].index(key) if key in newest else None
        assert recent.get(key, None) == last
