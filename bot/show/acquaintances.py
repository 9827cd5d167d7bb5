"""Acquaintances: the viewers whom a moderator can name."""

from bot.chat import Comment, ViewerKey
from bot.recent import Recent
from bot.translation import tr

_NAMES = 5000


class UnknownNameError(Exception):
    """A name is not that of one viewer; the text is for the moderator."""


class Acquaintances:
    """Knows who has written, and by what name."""

    def __init__(self) -> None:
        self._names: Recent[ViewerKey, str] = Recent(_NAMES)

    def hear(self, comment: Comment) -> None:
        """Learn who is here, and by what name."""
        self.know(comment.viewer, comment.author.name)

    def know(self, viewer: ViewerKey, name: str) -> None:
        """Learn a viewer's name."""
        self._names[viewer] = name

    def name(self, viewer: ViewerKey) -> str:
        """Return what a viewer is called."""
        return self._names.get(viewer, "?")

    def find(self, wanted: str) -> ViewerKey:
        """Return who has a name, with or without ``@``; a platform may follow it.

        Raises:
            UnknownNameError: nobody has it, or several have.
        """
        name = wanted.strip().removeprefix("@").casefold()
        plain, _, platform = name.rpartition(" ")
        named = [one for one in self._names if self._called(one) == name]
        there = [one for one in self._names if (self._called(one), one[0]) == (plain, platform)]
        if len(found := named if len(named) == 1 else there) == 1:
            return found[0]
        if named:
            which = tr(" or ").join(sorted({one[0] for one in named}))
            raise UnknownNameError(
                tr(
                    "{count} viewers are called {wanted}: write {which} after the name.",
                    count=len(named),
                    wanted=wanted,
                    which=which,
                )
            )
        raise UnknownNameError(
            tr("nobody who is called {wanted} has written.", wanted=wanted or "?")
        )

    def _called(self, viewer: ViewerKey) -> str:
        return self.name(viewer).removeprefix("@").casefold()
