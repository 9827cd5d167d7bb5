"""The Data API's resources: what each type brings, and that nothing at all makes it fail."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.chat import Author, Comment, Membership, Money, Occasion, Platform, Retraction, Role
from bot.youtube.ids import canonical_id
from bot.youtube.resources import parse_resource
from tests.standins.youtube_api import JSON, resource

# One comment's id, as the Data API and as the page give it.
API_ID = "LCC.EhwKGkNQLUUzZHJpNFlRREZVUWUxZ0FkMEpJTW5n"
PAGE_ID = "ChwKGkNQLUUzZHJpNFlRREZVUWUxZ0FkMEpJTW5n"


def _comment(raw: object) -> Comment:
    heard = parse_resource(raw)
    assert isinstance(heard, Comment)
    return heard


def test_a_message() -> None:
    """Each field of a plain message is where the intake looks for it."""
    assert parse_resource(resource("textMessageEvent", messageText="こんばんは")) == Comment(
        platform=Platform.YOUTUBE,
        id="LCC.1",
        author=Author("UC-viewer", "@viewer"),
        text="こんばんは",
        at=datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
    )


def test_ids_are_those_of_the_page() -> None:
    """A comment and what takes it back have the ids that another reader would give them."""
    assert canonical_id(API_ID) == canonical_id(PAGE_ID) != API_ID
    raw = resource("textMessageEvent", API_ID, messageText="x")
    deleted = resource("messageDeletedEvent", deletedMessageId=API_ID)
    assert _comment(raw).id == canonical_id(PAGE_ID)
    assert parse_resource(deleted) == Retraction(Platform.YOUTUBE, comment_id=canonical_id(PAGE_ID))


@pytest.mark.parametrize(
    ("raw", "text", "paid", "membership"),
    [
        (
            resource(
                "superChatEvent",
                amountMicros="5500000",
                currency="USD",
                amountDisplayString="$5.50",
                userComment="take this",
                tier=2,
            ),
            "take this",
            Money(Decimal("5.50"), "USD"),
            None,
        ),
        (
            resource("superChatEvent", amountMicros=500_000_000, currency="JPY"),
            "shown",
            Money(Decimal(500), "JPY"),
            None,
        ),
        (
            resource("superChatEvent", amountMicros="x", amountDisplayString="5,00 €"),
            "shown",
            Money(Decimal("5.00"), "EUR"),
            None,
        ),
        (
            resource(
                "superChatEvent",
                amountMicros="9" * 30,
                currency="USD",
                amountDisplayString="a fortune",
            ),
            "shown",
            None,
            None,
        ),
        (
            resource(
                "superStickerEvent",
                amountMicros="1999999",
                currency="EUR",
                superStickerMetadata={"stickerId": "s", "altText": "A cat waves", "language": "en"},
            ),
            "A cat waves",
            Money(Decimal("1.999999"), "EUR"),
            None,
        ),
        (
            resource("newSponsorEvent", memberLevelName="Petals", isUpgrade=False),
            "shown",
            None,
            Membership(Occasion.NEW),
        ),
        (
            resource("newSponsorEvent", memberLevelName="Petals", isUpgrade=True),
            "shown",
            None,
            Membership(Occasion.RENEWED),
        ),
        (
            resource("memberMilestoneChatEvent", memberMonth=6, userComment="half a year!"),
            "half a year!",
            None,
            Membership(Occasion.RENEWED, months=6),
        ),
        (
            resource("membershipGiftingEvent", giftMembershipsCount=5),
            "shown",
            None,
            Membership(Occasion.GIFTED, gifts=5),
        ),
        (
            resource("giftMembershipReceivedEvent", gifterChannelId="UC-other"),
            "shown",
            None,
            Membership(Occasion.RECEIVED),
        ),
    ],
)
def test_what_was_paid_for(
    raw: JSON, text: str, paid: Money | None, membership: Membership | None
) -> None:
    """Amounts are exact, memberships are what they are, and each has words to answer."""
    heard = _comment(raw)
    assert (heard.text, heard.paid, heard.membership) == (text, paid, membership)
    bought = membership is not None and membership.occasion is not Occasion.RECEIVED
    assert heard.is_paid is (paid is not None or bought)


@given(st.integers(min_value=1, max_value=2**64 - 1))
def test_no_amount_loses_a_millionth(micros: int) -> None:
    """Any amount is exactly what YouTube says, and is written without an exponent."""
    paid = _comment(resource("superChatEvent", amountMicros=str(micros), currency="USD")).paid
    assert paid is not None
    assert paid.amount * 1_000_000 == micros
    assert "E" not in str(paid)


@pytest.mark.parametrize(
    ("key", "role"),
    [
        ("isChatOwner", Role.BROADCASTER),
        ("isChatModerator", Role.MODERATOR),
        ("isChatSponsor", Role.MEMBER),
    ],
)
def test_roles(key: str, role: Role) -> None:
    """A role is what YouTube says is true, and only that: words like "true" give none."""
    raw = resource("textMessageEvent", messageText="x")
    raw["authorDetails"][key] = True
    assert _comment(raw).author.roles == {role}
    raw["authorDetails"][key] = "true"
    assert not _comment(raw).author.roles


@pytest.mark.parametrize(
    ("published", "at"),
    [
        ("2026-01-02T03:04:05Z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02T03:04:05.6Z", datetime(2026, 1, 2, 3, 4, 5, 600_000, tzinfo=UTC)),
        ("2026-01-02T03:04:05.678Z", datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)),
        ("2026-01-02T03:04:05.123456789Z", datetime(2026, 1, 2, 3, 4, 5, 123_456, tzinfo=UTC)),
        ("2026-01-02T03:04:05", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        (
            "2026-01-02T03:04:05+09:00",
            datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=9))),
        ),
    ],
)
def test_times(published: str, at: datetime) -> None:
    """Times have a fraction of a second or none, and are in UTC afterwards."""
    raw = resource("textMessageEvent", messageText="x")
    raw["snippet"]["publishedAt"] = published
    assert _comment(raw).at == at
    assert _comment(raw).at.tzinfo is UTC


def test_an_author_without_details() -> None:
    """Where only the author's id is told, it is enough."""
    raw = resource("textMessageEvent", messageText="x")
    del raw["authorDetails"]
    assert _comment(raw).author == Author("UC-viewer", "")


def test_what_is_taken_back() -> None:
    """A message that is deleted or withdrawn is taken back, and all of who is banned."""
    assert parse_resource(resource("messageDeletedEvent", deletedMessageId="a")) == Retraction(
        Platform.YOUTUBE, comment_id="a"
    )
    assert parse_resource(resource("messageRetractedEvent", retractedMessageId="b")) == Retraction(
        Platform.YOUTUBE, comment_id="b"
    )
    assert parse_resource({**resource("tombstone"), "id": "LCC.c"}) == Retraction(
        Platform.YOUTUBE, comment_id=canonical_id("LCC.c")
    )
    for how in ("permanent", "temporary"):
        banned = resource(
            "userBannedEvent", bannedUserDetails={"channelId": "UC-troll"}, banType=how
        )
        assert parse_resource(banned) == Retraction(Platform.YOUTUBE, author_id="UC-troll")


@pytest.mark.parametrize(
    ("details", "paid"),
    [
        ({"jewelsCount": 20, "comboCount": 1}, Money(Decimal(20), "JEWELS")),
        ({"jewelsCount": "1500"}, Money(Decimal(1500), "JEWELS")),
        ({"jewelsCount": None}, None),
        ({}, None),
    ],
)
def test_gifts_of_jewels(details: JSON, paid: Money | None) -> None:
    """They are paid for, and read as YouTube tells of them."""
    gift = resource("giftEvent", giftName="Lantern", **details)
    gift["snippet"]["displayMessage"] = "@viewer sent Lantern"
    comment = parse_resource(gift)
    assert isinstance(comment, Comment)
    assert comment.paid == paid
    assert comment.text == "@viewer sent Lantern"


@pytest.mark.parametrize(
    "raw",
    [
        {**resource("tombstone"), "id": ""},
        resource("chatEndedEvent"),
        resource("sponsorOnlyModeStartedEvent"),
        resource("pollEvent"),
        resource("somethingNewEvent"),
        resource("messageDeletedEvent"),
        resource("messageDeletedEvent", deletedMessageId=""),
        resource("messageDeletedEvent", deletedMessageId=7),
        resource("userBannedEvent", bannedUserDetails={}),
        resource("userBannedEvent", bannedUserDetails={"channelId": ""}),
    ],
)
def test_what_brings_nothing(raw: JSON) -> None:
    """Polls, modes and broken retractions bring nothing; least of all a retraction.

    One without an id would take back the whole chat.
    """
    assert parse_resource(raw) is None


@pytest.mark.parametrize(
    "path",
    [("id",), ("snippet", "publishedAt"), ("snippet", "type"), ("snippet",)],
)
@pytest.mark.parametrize("value", ["", "x" * 3, None, 7, [], {}])
def test_without_what_a_comment_needs(path: tuple[str, ...], value: object) -> None:
    """A resource that lacks its id, time or type is no comment (any text will do as an id)."""
    raw = resource("textMessageEvent", messageText="x")
    holder = raw if len(path) == 1 else raw["snippet"]
    holder[path[-1]] = value
    assert parse_resource(raw) is None or (path, value) == (("id",), "xxx")


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
_KINDS = st.sampled_from(
    [
        "textMessageEvent",
        "superChatEvent",
        "superStickerEvent",
        "newSponsorEvent",
        "memberMilestoneChatEvent",
        "membershipGiftingEvent",
        "giftMembershipReceivedEvent",
        "messageDeletedEvent",
        "messageRetractedEvent",
        "userBannedEvent",
    ]
)
_KEYS = st.sampled_from(
    [
        "messageText",
        "userComment",
        "amountMicros",
        "currency",
        "amountDisplayString",
        "superStickerMetadata",
        "memberMonth",
        "giftMembershipsCount",
        "isUpgrade",
        "deletedMessageId",
        "retractedMessageId",
        "bannedUserDetails",
    ]
)


@given(_ANY)
def test_any_json_is_taken(raw: object) -> None:
    """Nothing that JSON can hold makes the parser fail."""
    parse_resource(raw)


@given(_KINDS, st.dictionaries(_KEYS, _ANY), st.dictionaries(_KEYS, _ANY), _ANY, _ANY)
def test_resources_with_anything_in_them_are_taken(
    kind: str, details: JSON, author: JSON, at: object, resource_id: object
) -> None:
    """Nor does a resource of a known type with anything at all in its fields."""
    raw = resource(kind, **details)
    raw["id"], raw["authorDetails"] = resource_id, author
    raw["snippet"]["publishedAt"] = at
    parse_resource(raw)
    raw["snippet"] = dict.fromkeys(raw["snippet"], at) | {"type": kind}
    parse_resource(raw)


@example("0001-01-01")
@example("9999-12-31T23:59:59")
@given(st.text(max_size=40) | st.datetimes().map(str))
def test_any_time_is_taken(published: str) -> None:
    """No text for a time makes the parser fail; the years 1 and 9999 are at the edge of time."""
    raw = resource("textMessageEvent", messageText="x")
    for zone in ("", "+14:00", "-14:00", "T00:00+14:00"):
        raw["snippet"]["publishedAt"] = published + zone
        parse_resource(raw)
