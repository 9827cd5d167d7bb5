"""Whatever Twitch sends as an event is understood or skipped, and never silences the rest."""

import json
from collections.abc import Callable, Iterable
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.chat import Comment, Platform, Retraction
from bot.twitch.events import KINDS, heard_of, sent_at
from tests.standins.twitch_payloads import (
    OTHER_CHANNEL,
    VIEWER,
    chat_event,
    notice_event,
    removal_event,
)
from tests.support.clock import FakeClock
from tests.support.twitch import dispatcher_of

_NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
_GIFT = {"recipient_user_id": "7", "recipient_user_name": "Neko", "community_gift_id": "g"}
EVENTS: list[tuple[str, dict[str, Any]]] = [
    (KINDS[0], chat_event("Cheer5 hi @Mika", bits=5, mentions=[VIEWER], badges=["moderator"])),
    (KINDS[0], chat_event("hi", written_in=OTHER_CHANNEL, reply_to="m", source_badges=["vip"])),
    (KINDS[1], removal_event(message_id="m", target=VIEWER)),
    (KINDS[2], removal_event(target=VIEWER)),
    (KINDS[3], removal_event()),
    (KINDS[4], notice_event("resub", {"cumulative_months": 3}, text="hooray")),
    (KINDS[4], notice_event("sub_gift", _GIFT)),
    (KINDS[4], notice_event("community_sub_gift", {"total": 5}, author=None)),
    (KINDS[4], notice_event("raid", {"viewer_count": 5})),
]

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("x" * 100_000),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the way to everything within an event."""
    inner: Iterable[tuple[Any, object]] = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    return [path, *(place for key, one in inner for place in places(one, (*path, key)))]


@st.composite
def mutations(draw: Callable[..., Any]) -> tuple[str, object]:
    """Return a real event in which some things are missing or are something else."""
    kind, event = deepcopy(draw(st.sampled_from(EVENTS)))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.sampled_from(places(event)))
        if not place:
            continue
        *way, last = place
        holder = event
        for key in way:
            holder = holder[key]
        if draw(st.booleans()):
            holder[last] = draw(anything)
        else:
            del holder[last]
    return kind, event


def heard(kind: str, event: object) -> Comment | Retraction | None:
    """Return what is heard of it, and see that the intake takes it without harm."""
    said = heard_of(kind, event, _NOW)
    if said is None:
        return None
    texts: list[Comment] = []
    intake = dispatcher_of(texts.append, FakeClock())
    intake.receive(said)
    json.dumps([comment.text for comment in texts])
    return said


@pytest.mark.parametrize(("kind", "event"), EVENTS[:-1])
def test_a_real_event_is_heard(kind: str, event: dict[str, Any]) -> None:
    """As a comment or as a retraction, of this platform."""
    said = heard(kind, event)
    assert said is not None
    assert said.platform is Platform.TWITCH


@given(mutations())
def test_a_mutated_event_is_heard_or_skipped(mutated: tuple[str, object]) -> None:
    """Nothing but a validation error ever comes of it, and that is caught and told."""
    kind, event = mutated
    try:
        said = heard(kind, event)
    except ValidationError:
        return
    match said:
        case Comment():
            assert said.id
            assert said.author.id
            assert said.author.name
            assert isinstance(said.text, str)
        case Retraction():
            assert said.channel
            assert bool(said.comment_id) is (kind == KINDS[1])
            assert bool(said.author_id) is (kind == KINDS[2])


@given(st.sampled_from([*KINDS, "channel.raid"]), anything)
def test_anything_at_all_is_heard_or_skipped(kind: str, event: object) -> None:
    """Also what is no event."""
    try:
        heard(kind, event)
    except ValidationError:
        return


@given(anything | st.fixed_dictionaries({"message_timestamp": anything | st.datetimes().map(str)}))
def test_any_time_is_a_time(metadata: object) -> None:
    """When it was sent is in UTC; where that cannot be told, it is now."""
    assert sent_at(metadata, _NOW).tzinfo is UTC
