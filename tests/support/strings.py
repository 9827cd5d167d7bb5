"""What an object of ours holds on to."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet


def strings_of(thing: object) -> Iterator[str]:
    """Yield each string that a thing of ours holds, at whatever depth, but none of others' things.

    A secret that is one is yielded as what it shows of itself.
    """
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, Mapping):
        for key, value in thing.items():
            yield from strings_of(key)
            yield from strings_of(value)
    elif isinstance(thing, list | tuple | AbstractSet):
        for item in thing:
            yield from strings_of(item)
    elif type(thing).__module__.startswith("bot."):
        names = [name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())]
        held = {name: getattr(thing, name) for name in names if hasattr(thing, name)}
        yield from strings_of(getattr(thing, "__dict__", {}) | held)
    else:
        yield repr(thing) if type(thing).__module__.startswith("pydantic") else ""
