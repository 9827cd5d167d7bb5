"""The stages: where viewers see what the character says."""

from typing import Protocol

from bot.chat import Comment, Reply, Retraction


class Stage(Protocol):
    """A place where viewers see the reply. Nothing but clean sentences may reach it.

    Both methods return at once and cannot fail: a stage that has to talk to a slow neighbour
    notes what should be seen and lets a task of its own bring it there.
    """

    def show(self, reply: Reply, *, finished: bool) -> None:
        """Show the reply as far as it has been spoken.

        Called with no sentences when the character starts to think, once more for each sentence,
        and with ``finished`` when nothing will be added.
        """
        ...

    def clear(self) -> None:
        """Show nothing, now. Also right when nothing was shown."""
        ...


class NeighbourStage(Stage, Protocol):
    """A stage that lies with a neighbour, and has a task of its own."""

    @property
    def label(self) -> str:
        """What people call it: OBS, say."""
        ...

    @property
    def state(self) -> str:
        """How it is, in a sentence for the streamer."""
        ...

    @property
    def alive_at(self) -> float | None:
        """When, on the clock's ``monotonic``, the neighbour last gave a sign, if that is known."""
        ...

    @property
    def is_ready(self) -> bool:
        """Whether viewers see there what is shown."""
        ...

    async def run(self) -> None:
        """Bring there what should be seen, until cancelled."""
        ...


class Messenger(Protocol):
    """A way to answer somebody in the chat where they wrote.

    Both methods return at once and cannot fail.
    """

    def tell(self, comment: Comment, text: str) -> None:
        """Answer a comment, if it was written in this chat."""
        ...

    def retract(self, retraction: Retraction) -> None:
        """Take out of the chat what answers a comment that no longer stands."""
        ...
