"""Privacy: what viewers may order of their own: to be forgotten, and not to be answered at all."""

import logging
from collections.abc import Iterable
from typing import Protocol

from bot.chat import Comment, Retraction, ViewerKey
from bot.clock import Clock
from bot.intake.commands import Order
from bot.recent import Recent
from bot.stage import Messenger
from bot.translation import tr

log = logging.getLogger(__name__)

_OPT_OUT = ("optout", "opt-out", "対象外")
_OPT_IN = ("optin", "opt-in", "対象")
_FORGET = ("forgetme", "forget-me", "忘れて")
_CONFIRMED_WITHIN = 60.0
_ASKING = 1000


class Records(Protocol):
    """Keeps what is known of viewers beyond this show. All methods return at once."""

    def opt_out(self, viewer: ViewerKey) -> None:
        """Keep that a viewer is not to be answered, shown or kept."""
        ...

    def opt_in(self, viewer: ViewerKey) -> None:
        """Keep that a viewer is heard again."""
        ...

    def forget(self, viewer: ViewerKey) -> None:
        """Let go of all that a viewer wrote, and of what was said to it."""
        ...


class Privacy:
    """Obeys viewers in what is theirs.

    ``!optout`` and ``!optin`` act at once; ``!forgetme`` when it is typed again within a minute.

    Args:
        records: what is kept.
        clock: the time by which something has to be typed again.
        messengers: tell viewers in their chat what became of it.
    """

    def __init__(
        self, records: Records, *, clock: Clock, messengers: Iterable[Messenger] = ()
    ) -> None:
        self._records = records
        self._clock = clock
        self._messengers = tuple(messengers)
        self._out = set[ViewerKey]()
        self._asked: Recent[ViewerKey, float] = Recent(_ASKING)

    def recall(self, viewers: Iterable[ViewerKey]) -> None:
        """Take up who had opted out before."""
        self._out.update(viewers)

    def is_out(self, viewer: ViewerKey) -> bool:
        """Return whether a viewer is not to be answered, shown or kept."""
        return viewer in self._out

    def obey(self, order: Order, by: Comment) -> Iterable[Retraction] | None:
        """Carry out what a viewer may order of their own.

        Returns:
            What no longer stands; None where it is no such order.
        """
        viewer = by.viewer
        if order.word in _OPT_OUT:
            self._out.add(viewer)
            self._records.opt_out(viewer)
            self._tell(by, tr("you are not answered, shown or kept any more; !optin ends that."))
            return [_all_of(viewer)]
        if order.word in _OPT_IN:
            self._out.discard(viewer)
            self._records.opt_in(viewer)
            self._tell(by, tr("you are heard again."))
            return []
        if order.word not in _FORGET:
            return None
        asked_at = self._asked.get(viewer, None)
        if asked_at is None or self._clock.monotonic() - asked_at > _CONFIRMED_WITHIN:
            self._asked[viewer] = self._clock.monotonic()
            self._tell(
                by, tr("all that you wrote is deleted if you type this again within a minute.")
            )
            return []
        self._asked.discard(viewer)
        self._records.forget(viewer)
        self._tell(by, tr("what you wrote, and what was said to it, is deleted."))
        return [_all_of(viewer)]

    def _tell(self, by: Comment, text: str) -> None:
        log.debug("A viewer on %s ordered: %s", by.platform, text)
        for messenger in self._messengers:
            messenger.tell(by, text)


def _all_of(viewer: ViewerKey) -> Retraction:
    platform, author = viewer
    return Retraction(platform, author_id=author)
