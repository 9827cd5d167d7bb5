"""The parser of YouTube's chat: real shapes, and anything at all."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import (
    Author,
    Comment,
    Membership,
    Money,
    Occasion,
    Picture,
    Platform,
    Retraction,
    Role,
)
from bot.youtube.actions import COMMENT_KINDS, kind, parse
from tests.standins.youtube import Action, Writer, deletion, message
from tests.standins.youtube_api import resource

_NOON = datetime(2026, 1, 2, 12, 0, 0, 123456, tzinfo=UTC)

_WELCOME: dict[str, Any] = {
    "message": None,
    "headerSubtext": {"runs": [{"text": "Welcome to "}, {"text": "Stars"}, {"text": "!"}]},
}


def test_a_message_in_full() -> None:
    """Every part of a comment is where it belongs, and its time is in microseconds."""
    assert parse(message("id-1", "Hello ", "there", at=_NOON)) == Comment(
        platform=Platform.YOUTUBE,
        id="id-1",
        author=Author("UC-viewer", "@viewer"),
        text="Hello there",
        at=_NOON,
    )


def _parsed(*runs: str | Action, **fields: Any) -> Comment:
    comment = parse(message("id-1", *runs, **fields))
    assert isinstance(comment, Comment)
    return comment


@pytest.mark.parametrize(
    ("run", "text"),
    [
        ({"emoji": {"emojiId": "👋🏽", "shortcuts": [":wave:"]}}, "👋🏽"),
        (
            {
                "emoji": {
                    "emojiId": "UC-channel/abc",
                    "shortcuts": [":_hooray:", ":hooray:"],
                    "isCustomEmoji": True,
                }
            },
            ":_hooray:",
        ),
        (
            {
                "emoji": {
                    "emojiId": "UC-channel/abc",
                    "isCustomEmoji": True,
                    "image": {"accessibility": {"accessibilityData": {"label": "hooray"}}},
                }
            },
            ":hooray:",
        ),
        ({"text": "example.com/…", "navigationEndpoint": {"urlEndpoint": {}}}, "example.com/…"),
        ({"text": "bold", "bold": True}, "bold"),
        ({"hologram": "?"}, ""),
    ],
)
def test_what_a_text_is_made_of(run: Action, text: str) -> None:
    """Emoji are characters, or words where a channel drew them; links are their text."""
    assert _parsed("(", run, ")").text == f"({text})"


def test_what_viewers_look_like() -> None:
    """The largest of each picture; an emoji that is a character needs none."""
    yay = {
        "emojiId": "UC-channel/abc",
        "shortcuts": [":_yay:"],
        "isCustomEmoji": True,
        "image": _sized("emoji"),
    }
    wave = {"emojiId": "👋", "shortcuts": [":wave:"], "image": _sized("wave")}
    action = message("id-1", "Hi ", {"emoji": yay}, {"emoji": wave}, by=Writer(badges=("MEMBER",)))
    [renderer] = action["addChatItemAction"]["item"].values()
    renderer["authorPhoto"] = _sized("taro")
    comment = parse(action)
    assert isinstance(comment, Comment)
    assert comment.emotes == (Picture(":_yay:", "https://yt3.ggpht.com/emoji=s64"),)
    assert comment.author.avatar == "https://yt3.ggpht.com/taro=s64"
    assert comment.author.badge_pictures == (
        Picture("Member (6 months)", "https://yt3.ggpht.com/badge=s32-c-k"),
    )


def _sized(name: str) -> Action:
    sizes = [{"url": f"https://yt3.ggpht.com/{name}=s{size}", "width": size} for size in (32, 64)]
    return {"thumbnails": sizes}


@pytest.mark.parametrize(
    ("badges", "roles", "may_moderate"),
    [
        ((), set(), False),
        (("VERIFIED",), set(), False),
        (("MEMBER",), {Role.MEMBER}, False),
        (("MODERATOR", "MEMBER"), {Role.MODERATOR, Role.MEMBER}, True),
        (("OWNER",), {Role.BROADCASTER}, True),
    ],
)
def test_roles_are_the_badges(
    badges: tuple[str, ...], roles: set[Role], *, may_moderate: bool
) -> None:
    """Only YouTube's own badges give a role; a name or a text that claims one gives nothing."""
    writer = Writer(name="@OWNER MODERATOR", badges=badges)
    author = _parsed("MODERATOR", by=writer).author
    assert author.roles == roles
    assert author.may_moderate == may_moderate


@pytest.mark.parametrize(
    ("shown", "paid"),
    [
        ("￥1,500", Money(Decimal(1500), "JPY")),
        ("500円", Money(Decimal(500), "JPY")),
        ("$5.00", Money(Decimal("5.00"), "$")),
        ("CA$7.99", Money(Decimal("7.99"), "CAD")),
        ("5,00\N{NO-BREAK SPACE}€", Money(Decimal("5.00"), "EUR")),
        ("€1.234,50", Money(Decimal("1234.50"), "EUR")),
        ("R$ 10,00", Money(Decimal("10.00"), "BRL")),
        ("₹1,234.50", Money(Decimal("1234.50"), "INR")),
        ("₩10,000", Money(Decimal(10000), "KRW")),
        ("NT$150.00", Money(Decimal("150.00"), "TWD")),
        ("PLN 20.00", Money(Decimal("20.00"), "PLN")),
        ("20,00 zł", Money(Decimal("20.00"), "PLN")),
        ("CHF 5.00", Money(Decimal("5.00"), "CHF")),
        ("25 000,00 ₫", Money(Decimal("25000.00"), "VND")),
        ("SAR\N{NO-BREAK SPACE}19.99", Money(Decimal("19.99"), "SAR")),
        ("₱250.00", Money(Decimal("250.00"), "PHP")),
        ("A$2.79", Money(Decimal("2.79"), "AUD")),
    ],
)
def test_a_super_chat(shown: str, paid: Money) -> None:
    """What was paid stands beside the viewer's own words, to the cent, in whatever form."""
    comment = _parsed("take this", amount=shown)
    assert comment.text == "take this"
    assert comment.paid == paid


def test_a_super_chat_without_words() -> None:
    """A super chat may be silent: it is paid all the same."""
    comment = _parsed(amount="$5.00")
    assert comment.text == ""
    assert comment.paid == Money(Decimal("5.00"), "$")


def test_a_super_sticker() -> None:
    """A sticker says what its picture shows."""
    comment = _parsed(
        renderer="liveChatPaidStickerRenderer",
        amount="R$ 10,00",
        sticker={"accessibility": {"accessibilityData": {"label": "A fox that claps"}}},
    )
    assert comment.text == "A fox that claps"
    assert comment.paid == Money(Decimal("10.00"), "BRL")


def test_a_new_member() -> None:
    """A new member says what YouTube writes over them."""
    comment = _parsed(renderer="liveChatMembershipItemRenderer", **_WELCOME)
    assert comment.text == "Welcome to Stars!"
    assert comment.membership == Membership(Occasion.NEW)
    assert comment.is_paid


@pytest.mark.parametrize(
    ("header", "months"),
    [
        ({"runs": [{"text": "Member for "}, {"text": "6"}, {"text": " months"}]}, 6),
        ({"runs": [{"text": "Member for 12 months"}]}, 12),
        ({"simpleText": "メンバー歴 24 か月"}, 24),
        ({"runs": [{"text": "Member for a month"}]}, 0),
    ],
)
def test_a_milestone(header: Action, months: int) -> None:
    """A milestone has the months, the tier and the member's own words."""
    comment = _parsed(
        "half a year already",
        renderer="liveChatMembershipItemRenderer",
        headerPrimaryText=header,
        headerSubtext={"simpleText": "Stars"},
    )
    assert comment.text.startswith(("Member for", "メンバー歴"))
    assert comment.text.endswith(" · Stars · half a year already")
    assert comment.membership == Membership(Occasion.RENEWED, months=months)


@pytest.mark.parametrize(
    ("words", "gifts"),
    [
        (["Gifted ", "5", " Channel24 memberships"], 5),
        (["Channel24 のメンバーシップ ギフトを ", "20", " 個贈りました"], 20),
        (["Gifted 10 memberships"], 10),
        (["Gifted memberships"], 0),
    ],
)
@pytest.mark.parametrize("inside", [True, False])
def test_gifted_memberships(words: list[str], gifts: int, *, inside: bool) -> None:
    """The buyer is named in a header of its own, with or without their id."""
    header: Action = {
        "authorName": {"simpleText": "@buyer"},
        "authorBadges": [{"liveChatAuthorBadgeRenderer": {"icon": {"iconType": "MODERATOR"}}}],
        "primaryText": {"runs": [{"text": word} for word in words]},
    }
    item: Action = {
        "id": "gift-1",
        "timestampUsec": "1767355200000000",
        "header": {"liveChatSponsorshipsHeaderRenderer": header},
    }
    (header if inside else item)["authorExternalChannelId"] = "UC-buyer"
    name = "liveChatSponsorshipsGiftPurchaseAnnouncementRenderer"
    comment = parse({"addChatItemAction": {"item": {name: item}}})
    assert isinstance(comment, Comment)
    assert comment.author == Author("UC-buyer", "@buyer", frozenset({Role.MODERATOR}))
    assert comment.text == "".join(words)
    assert comment.membership == Membership(Occasion.GIFTED, gifts=gifts)
    assert comment.is_paid


def test_a_gift_received() -> None:
    """Who receives a gift wrote nothing: YouTube's words are theirs, and nobody has to answer."""
    received = "liveChatSponsorshipsGiftRedemptionAnnouncementRenderer"
    comment = _parsed("was gifted a membership by ", "@buyer", renderer=received)
    assert comment.text == "was gifted a membership by @buyer"
    assert comment.membership == Membership(Occasion.RECEIVED)
    assert not comment.is_paid


@pytest.mark.parametrize(
    ("action", "retraction"),
    [
        (deletion("id-1"), Retraction(Platform.YOUTUBE, comment_id="id-1")),
        (
            {"removeChatItemAction": {"targetItemId": "id-1"}},
            Retraction(Platform.YOUTUBE, comment_id="id-1"),
        ),
        (
            {"markChatItemsByAuthorAsDeletedAction": {"externalChannelId": "UC-x"}},
            Retraction(Platform.YOUTUBE, author_id="UC-x"),
        ),
        (
            {"clickTrackingParams": "", "removeChatItemByAuthorAction": {"externalChannelId": "U"}},
            Retraction(Platform.YOUTUBE, author_id="U"),
        ),
    ],
)
def test_deletions(action: Action, retraction: Retraction) -> None:
    """What a moderator deletes or hides is taken back: one comment, or all of an author."""
    assert parse(action) == retraction


def test_a_deletion_names_the_comment_by_the_same_id() -> None:
    """Ids are unwrapped alike in the comment and in what takes it back, here in the API's form."""
    wrapped = "ChwKGkNMdnAyS191a0pRREZRZmVQd1FkN0tNbGVR"
    comment = parse(message(wrapped, "vile"))
    assert isinstance(comment, Comment)
    gone = resource("messageDeletedEvent", deletedMessageId=f"LCC.Eh{wrapped[2:]}")
    for retraction in (parse(deletion(wrapped)), parse(gone)):
        assert isinstance(retraction, Retraction)
        assert retraction.covers(comment)


@pytest.mark.parametrize(
    "nothing",
    [
        {"markChatItemAsDeletedAction": {"targetItemId": ""}},
        {"removeChatItemAction": {"targetItemId": None}},
        {"removeChatItemByAuthorAction": {"externalChannelId": ""}},
        {"markChatItemsByAuthorAsDeletedAction": {}},
    ],
)
def test_a_deletion_of_nothing_deletes_nothing(nothing: Action) -> None:
    """An empty id, above all, is not taken for the whole chat."""
    assert parse(nothing) is None


def _shown_again(name: str) -> Action:
    """Return the renderer of a super chat, as it is shown again elsewhere than in the chat."""
    item = message("id-1", "take this", amount="$5.00")["addChatItemAction"]["item"]
    return {name: {"id": "id-1", "showItemEndpoint": {"showLiveChatItemEndpoint": item}}}


@pytest.mark.parametrize(
    "action",
    [
        {
            "addLiveChatTickerItemAction": {
                "item": _shown_again("liveChatTickerPaidMessageItemRenderer")
            }
        },
        {
            "addBannerToLiveChatCommand": {
                "bannerRenderer": {
                    "liveChatBannerRenderer": {
                        "contents": message("id-1", "pinned")["addChatItemAction"]["item"]
                    }
                }
            }
        },
        message(
            "id-1", "Welcome to live chat!", renderer="liveChatViewerEngagementMessageRenderer"
        ),
        message("id-1", "Slow mode is on", renderer="liveChatModeChangeMessageRenderer"),
        message("id-1", renderer="liveChatPlaceholderItemRenderer"),
        {"showLiveChatActionPanelAction": {"panelToShow": {"liveChatActionPanelRenderer": {}}}},
        {"updateLiveChatPollAction": {"pollToUpdate": {"pollRenderer": {}}}},
        {"closeLiveChatActionPanelAction": {"targetPanelId": "x"}},
        {"liveChatReportModerationStateCommand": {}},
    ],
    ids=kind,
)
def test_what_viewers_did_not_write(action: Action) -> None:
    """What is shown a second time, or said by YouTube, is no comment."""
    assert parse(action) is None


def _gift(name: str = "@Gale ", text: str = "sent Heart for 50 Jewels") -> Action:
    gift = {"id": "gift-1", "authorName": {"content": name}, "text": {"content": text}}
    return {"addChatItemAction": {"item": {"giftMessageViewModel": gift}}}


@pytest.mark.parametrize(
    ("text", "jewels"),
    [
        ("sent Heart for 50 Jewels", 50),
        ("sent 100 for 2 Jewels", 2),
        ("sent Whale for 12,500 Jewels", 12500),
        ("sent France", None),
    ],
)
def test_gifts_of_jewels(text: str, jewels: int | None) -> None:
    """A gift tells no channel and no time: the handle tells who, and what came before it when."""
    assert parse(_gift(text=text), at=_NOON) == Comment(
        platform=Platform.YOUTUBE,
        id="gift-1",
        author=Author("@Gale", "@Gale"),
        text=text,
        at=_NOON,
        paid=Money(Decimal(jewels), "JEWELS") if jewels else None,
    )
    assert parse(_gift(name=" ")) is None
    assert parse({"addChatItemAction": {"item": {"giftMessageViewModel": {"id": "g"}}}}) is None


def test_what_is_held_for_review_is_taken_back_for_now() -> None:
    """A placeholder takes its place; it may yet be approved under the same id."""
    item = message("id-1", renderer="liveChatPlaceholderItemRenderer")["addChatItemAction"]["item"]
    held = {"replaceChatItemAction": {"targetItemId": "id-1", "replacementItem": item}}
    assert parse(held) == Retraction(Platform.YOUTUBE, comment_id="id-1", is_final=False)


def test_a_comment_that_was_held_for_review() -> None:
    """A comment that takes its placeholder's place is a comment like any other."""
    item = message("id-1", "hello")["addChatItemAction"]["item"]
    placeholder = message("id-1", renderer="liveChatPlaceholderItemRenderer")
    assert parse(placeholder) is None
    approved = parse({"replaceChatItemAction": {"targetItemId": "id-1", "replacementItem": item}})
    assert isinstance(approved, Comment)
    assert approved.text == "hello"


@pytest.mark.parametrize(
    ("action", "name"),
    [
        (message("a", "hi"), "liveChatTextMessageRenderer"),
        (message("a", renderer="giftMessageViewModel"), "giftMessageViewModel"),
        (
            {"clickTrackingParams": "x", "markChatItemAsDeletedAction": {"targetItemId": "a"}},
            "markChatItemAsDeletedAction",
        ),
        ({"addChatItemAction": {"item": {}}}, "addChatItemAction"),
        (resource("chatEndedEvent"), "chatEndedEvent"),
        ({}, "unknown"),
        ([], "unknown"),
        (None, "unknown"),
    ],
)
def test_the_kind_of_an_action(action: object, name: str) -> None:
    """The log can name what was skipped."""
    assert kind(action) == name


@pytest.mark.parametrize(
    "broken",
    [
        {"id": None},
        {"id": ""},
        {"timestampUsec": "soon"},
        {"timestampUsec": "9" * 30},
        {"timestampUsec": "9" * 5000},
        {"timestampUsec": -62_135_596_800_000_000},
        {"timestampUsec": None},
        {"authorExternalChannelId": 7},
    ],
)
def test_without_the_essentials_there_is_no_comment(broken: Action) -> None:
    """A comment that cannot be told from others, or be moderated, is left out."""
    assert parse(message("a", "hi", **broken)) is None


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
_RUNS = st.lists(_JSON | st.fixed_dictionaries({"emoji": _JSON}), max_size=3)
_FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "id": _JSON,
        "timestampUsec": _JSON,
        "authorExternalChannelId": _JSON,
        "authorName": _JSON | st.fixed_dictionaries({"simpleText": _JSON}),
        "authorBadges": st.lists(
            _JSON | st.fixed_dictionaries({"liveChatAuthorBadgeRenderer": _JSON}), max_size=2
        ),
        "message": _JSON | st.fixed_dictionaries({"runs": _JSON | _RUNS}),
        "purchaseAmountText": _JSON | st.fixed_dictionaries({"simpleText": _JSON}),
        "sticker": _JSON,
        "header": st.fixed_dictionaries({"liveChatSponsorshipsHeaderRenderer": _JSON}),
    },
)


@given(_JSON)
def test_any_json_is_parsed(action: object) -> None:
    """Whatever YouTube sends instead of an action raises nothing, and has a name for the log."""
    assert parse(action) is None
    assert kind(action)


@given(st.sampled_from(sorted(COMMENT_KINDS)), _FIELDS)
def test_any_json_in_a_comment_is_parsed(renderer: str, fields: dict[str, Any]) -> None:
    """Whatever stands in a comment's fields gives a comment with an id and an author, or none."""
    comment = parse(message("id-1", renderer=renderer, **{"at": _NOON} | fields))
    assert comment is None or (isinstance(comment, Comment) and comment.id and comment.author.id)


_REAL: list[Action] = [
    message("id-1", "Hello ", {"emoji": {"emojiId": "👋", "shortcuts": [":wave:"]}}, at=_NOON),
    message("id-2", "take this", amount="¥500", at=_NOON, by=Writer(badges=("OWNER", "MEMBER"))),
    message("id-3", renderer="liveChatMembershipItemRenderer", at=_NOON, **_WELCOME),
    deletion("id-1"),
    {"removeChatItemByAuthorAction": {"externalChannelId": "UC-x"}},
    resource("superChatEvent", amountMicros="5000000", currency="EUR", userComment="hi"),
    resource("messageDeletedEvent", deletedMessageId="LCC.1"),
]


def _places(node: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to each node of a JSON document."""
    inner = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node)
        if isinstance(node, list)
        else ()
    )
    return [path, *(place for key, value in inner for place in _places(value, (*path, key)))]


@given(st.data())
def test_any_damage_to_a_real_shape_is_parsed(data: st.DataObject) -> None:
    """Where a part of what YouTube really sends is anything else, nothing is raised."""
    action = deepcopy(data.draw(st.sampled_from(_REAL)))
    [*way, last] = data.draw(st.sampled_from(_places(action)[1:]))
    holder: Any = action
    for key in way:
        holder = holder[key]
    holder[last] = data.draw(_JSON)
    heard = parse(json.loads(json.dumps(action)))
    assert heard is None or isinstance(heard, Comment | Retraction)
    assert kind(action)
