"""A map that keeps only what is recent."""

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

_K = TypeVar("_K", bound=Hashable)
_V = TypeVar("_V")
_D = TypeVar("_D")


class Recent(Generic[_K, _V]):
    """A map of bounded size: each key that is put anew makes room by the one put longest ago.

    Args:
        limit: how many keys it holds at most.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._items: OrderedDict[_K, _V] = OrderedDict()

    def __len__(self) -> int:
        """Return how many keys it holds."""
        return len(self._items)

    def __iter__(self) -> Iterator[_K]:
        """Iterate over the keys, the one that was put longest ago first."""
        return iter(self._items)

    def __contains__(self, key: object) -> bool:
        """Return whether it holds a key."""
        return key in self._items

    def __setitem__(self, key: _K, value: _V) -> None:
        """Put a key, or put it anew."""
        self._items[key] = value
        self._items.move_to_end(key)
        if len(self._items) > self._limit:
            self._items.popitem(last=False)

    def discard(self, key: _K) -> None:
        """Let go of a key, if it is held."""
        self._items.pop(key, None)

    def clear(self) -> None:
        """Let go of all keys."""
        self._items.clear()

    def get(self, key: _K, default: _D) -> _V | _D:
        """Return the value of a key, or ``default`` where it does not hold it."""
        return self._items.get(key, default)
