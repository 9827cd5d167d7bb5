"""Of a hundred comments the right ones are answered; no paid one is lost, and nothing grows."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.chat import Author, Comment, Membership, Money, Occasion, Platform, Retraction, ViewerKey
from bot.intake.queue import REMARK_LIMIT, SHELF_LIFE, WAITING_LIMIT, CommentQueue
from bot.intake.viewers import JUST_ANSWERED, OVERLOOKED, VIEWERS_LIMIT
from bot.intake.worth import worth
from tests.support.clock import FakeClock

_BEGIN = FakeClock().now()
_OLD_HANDS = ["ann", "ben", "cat"]
_COPY = "this is quite a long text that everybody pastes"


def comment(
    text: str, number: int, author: str | None = None, *, paid: str = "", currency: str = "JPY"
) -> Comment:
    """Return a comment written ``number`` seconds after the first, by somebody of its own."""
    viewer = author or f"viewer {number}"
    at = _BEGIN + timedelta(seconds=number)
    money = Money(Decimal(paid), currency) if paid else None
    return Comment(Platform.TWITCH, str(number), Author(viewer, viewer), text, at, money)


def viewer(name: str) -> ViewerKey:
    """Return whom a name means on Twitch."""
    return ViewerKey((Platform.TWITCH, name))


class Room:
    """A queue, its clock and its counts; ``ann``, ``ben`` and ``cat`` are known to it."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.queue = CommentQueue(names=["Botan"], clock=self.clock)
        self.queue.know(map(viewer, _OLD_HANDS))

    @property
    def counts(self) -> Counter[str]:
        """What became of the comments, but for those of which nothing is to be told."""
        return Counter({fate: count for fate, count in self.queue.counts.items() if count})

    def add(self, *comments: Comment) -> None:
        """Let these wait, as ones of viewers who have written before."""
        self.queue.know(one.viewer for one in comments)
        for one in comments:
            self.queue.add(one)

    def texts(self, size: int = 1000, tokens: int = 1_000_000) -> list[list[str]]:
        """Take a batch: the texts of each remark."""
        return [
            [one.text for one in remark.comments]
            for remark in self.queue.take(size, tokens).remarks
        ]

    @property
    def order(self) -> list[str]:
        """The text that stands for each remark, the first to be answered first."""
        return [remark.first.text for remark, _ in self.queue.ranked()]

    @property
    def reasons(self) -> dict[str, tuple[str, ...]]:
        """Why each stands where it does."""
        return {remark.first.text: rank.reasons for remark, rank in self.queue.ranked()}


def test_the_order_of_a_mixed_chat() -> None:
    """Paid, then who speaks to the character and asks, then the newest, and emotes last."""
    room = Room()
    room.add(
        comment("old", 1),
        comment("草", 2),
        comment("a wrench, Botanica!", 3),
        comment("hey BOTAN!", 4),
        comment("botan, why?", 5),
        comment("thanks", 6, paid="500"),
        comment("is it cold?", 7),
        comment("more thanks", 8, paid="100"),
        comment("new", 9),
        comment("Kappa", 10),
    )
    assert room.order == [
        *("thanks", "more thanks", "botan, why?", "hey BOTAN!", "is it cold?"),
        *("new", "a wrench, Botanica!", "old", "Kappa", "草"),
    ]


def test_platforms_tell_who_is_mentioned() -> None:
    """A mention counts where the text does not hold it as we write it; another's does not."""
    room = Room()
    room.add(
        replace(comment("@b0tan hi", 1), mentions=("BOTAN",)),
        replace(comment("so it is", 2), mentions=("botan_fan",)),
    )
    assert room.reasons == {"@b0tan hi": ("named",), "so it is": ()}


def test_first_words() -> None:
    """A newcomer's first comment is preferred, the next is not, nor is one who was here before."""
    room = Room()
    for one in (comment("hello", 1, "new"), comment("me too", 2, "new"), comment("hm", 3, "ann")):
        room.queue.add(one)
    assert room.reasons == {"hello": ("first words",), "hm": (), "me too": ()}
    assert room.order == ["hello", "hm", "me too"]


async def test_who_was_just_answered_lets_others_go_first() -> None:
    """For a minute; after that, they count like anybody else."""
    room = Room()
    room.add(comment("hi", 1, "ann"))
    room.queue.take(1, 100).answer()
    room.add(comment("older", 2, "ben"), comment("and now?!", 3, "ann"))
    assert room.order == ["older", "and now?!"]
    assert room.reasons == {"older": (), "and now?!": ("question", "just answered")}
    await room.clock.advance(JUST_ANSWERED)
    assert room.order == ["and now?!", "older"]


async def test_who_was_not_answered_for_long_goes_first() -> None:
    """Counted from the last answer, or else from what they first wrote in this show."""
    room = Room()
    room.add(comment("hi", 1, "ann"), comment("hey", 2, "ben"))
    for text in ("hey", "hi"):
        batch = room.queue.take(1, 100)
        assert batch.comments[0].text == text
        if text == "hi":
            batch.answer()
    await room.clock.advance(OVERLOOKED - 1)
    room.add(comment("still here", 3, "ann"), comment("me too", 4, "ben"), comment("new", 5, "cat"))
    assert set(room.reasons.values()) == {()}
    await room.clock.advance(1)
    assert room.order == ["me too", "still here", "new"]
    assert room.reasons["still here"] == ("not answered for long",)
    assert room.reasons["new"] == ()


def test_saying_it_again() -> None:
    """While it waits it is not taken twice, and after that it comes last."""
    room = Room()
    room.add(comment("hi", 1, "ann"), comment("Hi!!", 2, "ann"))
    assert room.counts["said again"] == 1
    assert room.texts() == [["hi"]]
    room.add(comment("older", 3, "ben"), comment("hiii", 4, "ann"))
    assert room.order == ["older", "hiii"]
    assert room.reasons["hiii"] == ("said again",)


def test_what_is_remembered_of_what_was_said() -> None:
    """The last few texts of each viewer, and not only the last."""
    room = Room()
    for number, text in enumerate(["a", "b", "a", "c", "d", "e", "a"]):
        room.add(comment(text, number, "ann"))
        assert (room.reasons[text] == ("said again",)) is (number == 2)
        room.queue.take(1, 100)


def test_copies_are_forgotten() -> None:
    """After two hundred other long texts, a copied one is a text like any other."""
    room = Room()
    for number in range(204):
        room.add(comment(_COPY if number < 3 else f"{_COPY} {number}", number))
        room.queue.drop_unpaid()
    room.add(comment(_COPY, 300, "ann"))
    assert room.reasons[_COPY] == ()


def test_a_name_before_a_question() -> None:
    """Whoever is spoken to, it is a question."""
    room = Room()
    room.add(comment("Botan how are you", 1))
    assert room.reasons["Botan how are you"] == ("named", "question")


def test_copies() -> None:
    """A long text counts as copied from the third viewer on, also once the first are answered."""
    room = Room()
    room.add(comment(_COPY, 1), comment(_COPY.upper(), 2), comment("short", 3), comment("short", 4))
    assert room.order == ["short", _COPY]
    assert room.reasons[_COPY] == ("2 viewers",)
    room.add(comment(f"{_COPY}!", 5), comment("short", 6), comment("lonely", 0))
    assert room.order == ["short", "lonely", _COPY]
    assert room.reasons[_COPY] == ("copied", "3 viewers")
    room.texts()
    room.add(comment(_COPY, 7))
    assert room.reasons[_COPY] == ("copied",)


def test_one_viewer_is_no_flood() -> None:
    """A long text that one viewer repeats is repeated, and not copied."""
    room = Room()
    for number in range(5):
        room.add(comment(_COPY, number, "ann"))
        room.texts(1)
    room.add(comment(_COPY, 9, "ann"))
    assert room.reasons[_COPY] == ("said again",)


def test_the_same_from_many_is_one_remark() -> None:
    """The oldest stands for all, each viewer counts once, and the more they are the sooner."""
    room = Room()
    room.add(
        *(comment("おはよー!", 10 + number) for number in range(12)),
        comment("おはよう", 5, "ann"),
        comment("おはよ", 40, "ann"),
        comment("やっほー", 41),
        comment("botan!", 42),
    )
    assert room.reasons["おはよう"] == ("13 viewers",)
    assert room.order == ["botan!", "おはよう", "やっほー"]
    assert room.texts(2) == [["おはよう", *["おはよー!"] * 12], ["botan!"]]
    assert len(room.queue) == 1


def test_a_remark_has_its_bounds() -> None:
    """Of too many who say the same, those who said it first make room."""
    room = Room()
    room.add(*(comment(f"hi{'!' * number}", number) for number in range(REMARK_LIMIT + 5)))
    assert room.counts["shed"] == 5
    assert len(room.queue) == REMARK_LIMIT
    assert room.texts() == [[f"hi{'!' * number}" for number in range(5, REMARK_LIMIT + 5)]]


def test_what_speaks_for_a_remark() -> None:
    """The best of those who say it, and the newest."""
    room = Room()
    room.add(comment("hi", 1), comment("hello", 2), comment("hi", 3))
    room.queue.retract(Retraction(Platform.TWITCH, comment_id="1"))
    assert room.order == ["hi", "hello"]
    room.add(comment("hi", 5, "ann"))
    room.queue.add(comment("hello", 4, "new"))
    room.queue.add(comment("one", 9, "new"))
    assert room.reasons["hello"] == ("first words", "2 viewers")
    assert room.order == ["hello", "hi", "one"]
    room.add(comment("one", 1, "ann"))
    assert room.order == ["hello", "one", "hi"]


def test_paid_comments_are_not_merged() -> None:
    """Each has its own answer, and stays apart from those who say the same for nothing."""
    room = Room()
    room.add(
        comment("hi", 1), comment("hi", 2, paid="1"), comment("hi", 3, paid="1"), comment("hi", 4)
    )
    assert sorted(room.texts()) == [["hi"], ["hi"], ["hi", "hi"]]


def test_the_order_of_money() -> None:
    """The larger sum first, in whatever currency, and a membership for what it costs."""
    room = Room()
    member = replace(comment("member", 9), membership=Membership(Occasion.NEW))
    gifts = replace(comment("gifts", 10), membership=Membership(Occasion.GIFTED, gifts=50))
    received = replace(comment("received", 16), membership=Membership(Occasion.RECEIVED))
    assert worth(received) == 0
    room.add(
        comment("¥100", 1, paid="100"),
        comment("¥50,000", 2, paid="50000"),
        comment("€10", 3, paid="10", currency="EUR"),
        *(member, gifts),
        comment("1,000 bits", 11, paid="1000", currency="BITS"),
        comment("₩20,000", 12, paid="20000", currency="KRW"),
        comment("a dollar of some country", 13, paid="2", currency="$"),
        comment("cowries", 14, paid="3000", currency="cowries"),
        comment("nothing", 15),
    )
    assert room.order == [
        *("¥50,000", "gifts", "₩20,000", "€10", "1,000 bits", "member"),
        *("a dollar of some country", "cowries", "¥100", "nothing"),
    ]


def test_five_hundred_cheers_of_one_bit_stand_behind_one_super_chat() -> None:
    """They rank as comments that name the character; none is lost, and whoever pays more is first.

    Nor do they keep out those who ask the character something.
    """
    room = Room()
    cheers = [
        comment(f"cheer {number}", number, paid="1", currency="BITS") for number in range(500)
    ]
    room.add(*cheers, comment("botan, why?", 500), comment("thanks", 501, paid="50000"))
    assert room.order[:2] == ["thanks", "botan, why?"]
    assert room.reasons["cheer 7"] == ("small tip",)
    assert room.reasons["thanks"] == ("paid",)
    assert len(room.queue) == 502
    room.queue.drop_unpaid()
    assert len(room.queue) == 501


def test_nobody_fills_the_first_places() -> None:
    """Each further payment of a viewer counts a quarter of the one before."""
    room = Room()
    rich = [comment(f"rich {number}", number, "rich", paid="10000") for number in range(4)]
    room.add(*rich, comment("poor", 9, paid="1000"), comment("poorer", 10, paid="100"))
    assert room.order == ["rich 0", "rich 1", "poor", "rich 2", "rich 3", "poorer"]


async def test_whoever_was_just_answered_lets_others_go_first() -> None:
    """That, too, is a turn; after a minute it is forgotten."""
    room = Room()
    room.add(comment("thanks", 1, "rich", paid="10000"))
    room.queue.take(1, 1000).answer()
    room.add(comment("more thanks", 2, "rich", paid="1000"), comment("hi", 3, paid="500"))
    assert room.order == ["hi", "more thanks"]
    await room.clock.advance(60)
    assert room.order == ["more thanks", "hi"]


async def test_nobody_who_paid_waits_for_ever() -> None:
    """What was paid weighs more with every minute that it has waited."""
    room = Room()
    room.add(comment("little", 1, paid="100"))
    await room.clock.advance(240)
    later = replace(comment("much", 2, paid="1000"), at=room.clock.now())
    room.add(later)
    assert room.order == ["little", "much"]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_batch_is_no_larger_than_asked(size: int) -> None:
    """What is taken first is what ranks first; the rest goes on waiting."""
    room = Room()
    room.add(comment("c", 1), comment("b?", 2), comment("botan a", 3))
    assert room.texts(size) == [["c"], ["b?"], ["botan a"]][3 - size :]
    assert len(room.queue) == 3 - size


def test_a_batch_is_as_long_as_the_model_can_read() -> None:
    """The first is taken however long it is, the others as far as the tokens reach."""
    room = Room()
    room.add(comment("botan " + "very long " * 40, 1), comment("short?", 2), comment("tiny", 3))
    assert len(room.texts(5, 50)) == 1
    assert room.texts(5, 50) == [["short?"], ["tiny"]]
    room.add(comment("paid", 4, paid="200"), comment("long " * 90, 5, paid="100"), comment("hm", 6))
    assert room.texts(5, 50) == [["paid"]], "nobody overtakes who paid"


async def test_shelf_life() -> None:
    """What is two minutes old by our own clock is forgotten and counted, but for the paid."""
    room = Room()
    room.add(comment("old", 1000), comment("paid", 2, paid="1"))
    await room.clock.advance(119)
    room.add(comment("new", 3))
    assert len(room.queue) == 3
    await room.clock.advance(1)
    assert len(room.queue) == 2
    assert room.order == ["paid", "new"]
    await room.clock.advance(120)
    assert room.texts() == [["paid"]]
    assert room.counts == {"stale": 2}


async def test_what_is_put_back() -> None:
    """It is as old as it is, it has not been said again, and it is there only once."""
    room = Room()
    room.queue.add(comment("hi", 1, "new"))
    room.add(comment("paid", 2, paid="100"))
    await room.clock.advance(SHELF_LIFE / 2)
    taken = room.queue.take(5, 1000)
    taken.give_back()
    taken.give_back()
    assert room.reasons == {"paid": ("paid",), "hi": ("first words",)}
    await room.clock.advance(SHELF_LIFE / 2)
    assert room.texts() == [["paid"]]
    assert room.counts == {"stale": 1}


def test_the_lowest_ranked_make_room() -> None:
    """They are counted; the paid never do, and of equal ones the oldest goes."""
    room = Room()
    paid = [comment("paid", number, paid="1") for number in range(WAITING_LIMIT + 5)]
    room.add(*paid, comment("botan, the oldest", 300), comment("草", 301))
    room.add(*(comment(f"number {number}", number) for number in range(500, 530 + WAITING_LIMIT)))
    assert len(room.queue) == len(paid) + WAITING_LIMIT
    assert room.counts == {"shed": 32}
    free = [text for text in room.order if text != "paid"]
    last = 529 + WAITING_LIMIT
    assert free == ["botan, the oldest"] + [
        f"number {last - number}" for number in range(WAITING_LIMIT - 1)
    ]


def test_a_smaller_remark_ranks_lower() -> None:
    """One that lost a viewer is weighed anew before somebody has to make room."""
    room = Room()
    room.add(comment("草", 1), comment("草", 2))
    room.add(*(comment(f"number {number}", number) for number in range(2, WAITING_LIMIT)))
    room.queue.retract(Retraction(Platform.TWITCH, comment_id="2"))
    room.add(comment("Kappa", 900), comment("one", 901), comment("two", 902))
    assert [text for text in room.order if not text.startswith("number")] == ["two", "one", "Kappa"]


def test_dropping_and_taking_back() -> None:
    """What was dropped is free to be said again; what is taken back goes out of its remark."""
    room = Room()
    room.add(comment("hi", 1, "ann"), comment("hi", 2, "ben"), comment("hi", 3, paid="1"))
    room.queue.retract(Retraction(Platform.TWITCH, comment_id="1"))
    assert room.counts["retracted"] == 1
    room.queue.retract(Retraction(Platform.YOUTUBE))
    assert room.counts["retracted"] == 1
    assert [remark.first.id for remark, _ in room.queue.ranked()] == ["3", "2"]
    room.queue.drop_unpaid()
    assert room.counts["dropped"] == 1
    assert room.texts() == [["hi"]]
    room.add(comment("hi", 4, "ben"))
    assert len(room.queue) == 1


def test_what_is_remembered_of_viewers_is_bounded() -> None:
    """Who was silent for longest is forgotten: their next words are the first again."""
    room = Room()
    room.add(comment("hi", 1, "ann"))
    room.queue.know(viewer(str(number)) for number in range(VIEWERS_LIMIT - 1))
    room.queue.add(comment("hello", 2, "ann"))
    assert room.reasons["hello"] == ()
    room.queue.know(viewer(str(number)) for number in range(VIEWERS_LIMIT))
    room.queue.add(comment("hey", 3, "ann"))
    assert room.reasons["hey"] == ("first words",)


def test_whoever_is_forgotten_stands_like_anybody() -> None:
    """Of a viewer who was driven out by others while a comment waited nothing is known."""
    room = Room()
    room.add(comment("hi", 1, "ann"))
    room.queue.know(viewer(str(number)) for number in range(VIEWERS_LIMIT))
    assert room.reasons == {"hi": ()}
