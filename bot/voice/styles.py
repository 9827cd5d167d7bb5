"""The styles of an engine's speakers: how one is chosen, and how they are listed. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.errors import MisconfiguredError


@dataclass(frozen=True, slots=True)
class Style:
    """One way in which a speaker speaks; ``owner`` is the engine's own id of the speaker."""

    speaker: str
    name: str
    id: int
    owner: str = ""


def chosen(styles: Sequence[Style], speaker: str, engine: str) -> list[Style]:
    """Return the styles of the speaker that is wanted, the usual one first.

    Args:
        styles: all there are, at least one.
        speaker: a name, or the number of a style; the first there is where it is empty.
        engine: what people call it.

    Raises:
        MisconfiguredError: it has no such speaker.
    """
    wanted = speaker or styles[0].speaker
    found = [one for one in styles if wanted in {one.speaker, str(one.id)}]
    if not found:
        names = ", ".join(dict.fromkeys(one.speaker for one in styles))
        raise MisconfiguredError(
            f"{engine} has no speaker “{speaker}”, only {names}. Set VOICE_SPEAKER to one of them,"
            " or to the number of a style."
        )
    return found


def for_mood(styles: Sequence[Style], name: str) -> Style:
    """Return the style of a name, the usual one where there is none such."""
    return next((one for one in styles if one.name == name), styles[0])


def listed(styles: Iterable[Style]) -> list[str]:
    """Return a line for each speaker."""
    lines: dict[str, list[str]] = {}
    for one in styles:
        lines.setdefault(one.speaker, []).append(f"{one.name} ({one.id})")
    return [f"{speaker}: {', '.join(names)}" for speaker, names in lines.items()]
