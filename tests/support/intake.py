"""Dispatchers for tests: as the show has them, with nobody to approve, to forget or to obey."""

from collections.abc import Callable, Iterable, Sequence

from bot.chat import Comment, Retraction
from bot.clock import Clock
from bot.intake.approval import Approval, Approve
from bot.intake.commands import Order
from bot.intake.dispatcher import Booth, Dispatcher, Holder, Witness
from bot.intake.privacy import Privacy
from bot.intake.queue import CommentQueue
from tests.support import judging


def _nobody(_order: Order, _by: Comment) -> Iterable[Retraction]:
    return ()


def dispatcher(
    queue: CommentQueue,
    clock: Clock,
    *,
    prefix: str = "!",
    booth: Booth | None = None,
    obey: Callable[[Order, Comment], Iterable[Retraction]] = _nobody,
    witnesses: Sequence[Witness] = (),
    holders: Sequence[Holder] = (),
) -> Dispatcher:
    """Return a dispatcher in front of a queue."""
    return Dispatcher(
        queue,
        prefix=prefix,
        names=["牡丹", "Botan"],
        approval=Approval(Approve.NOBODY, queue.knows),
        privacy=Privacy(judging.NoRecords(), clock=clock),
        judge=judging.judge(clock=clock),
        booth=booth or judging.Booth(),
        obey=obey,
        witnesses=witnesses,
        holders=holders,
    )
