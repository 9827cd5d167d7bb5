"""One comment has one id, whichever way it was read.

YouTube's chat page and its Data API wrap the same inner id differently. Both are base64 of a
protobuf message: the page's holds the id in its field 1, the API's (after ``LCC.``) in its field 2.
Nobody documents that; it shows in the ids of comments that were read both ways.
"""

import base64
import re
from collections.abc import Iterator
from urllib.parse import unquote

_API = "LCC."
_INNER = re.compile(rb"[\w-]{8,}")
_ENDS_IN_MORE = 0x80
_LONGEST_VARINT = 10
_LENGTH_DELIMITED = 2


def canonical_id(comment_id: str) -> str:
    """Return the id inside; one that holds none, or has another form, is returned as it is."""
    wanted = 2 if comment_id.startswith(_API) else 1
    wrapped = unquote(comment_id.removeprefix(_API)).rstrip("=")
    try:
        plain = base64.b64decode(wrapped + "=" * (-len(wrapped) % 4), b"-_", validate=True)
        [whole] = [value for field, value in _fields(plain) if field == wanted]
        [inner] = [value for field, value in _fields(whole) if field == 1]
    except ValueError:
        return comment_id
    return inner.decode() if _INNER.fullmatch(inner) else comment_id


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the number and the content of each field of a message that has only strings in it.

    Raises:
        ValueError: it is no such message.
    """
    position = 0
    while position < len(message):
        key, position = _varint(message, position)
        length, position = _varint(message, position)
        if key & 7 != _LENGTH_DELIMITED or position + length > len(message):
            raise ValueError("no string")
        yield key >> 3, message[position : position + length]
        position += length


def _varint(message: bytes, position: int) -> tuple[int, int]:
    """Return the number that begins at a position, and where it ends."""
    number = 0
    for place, byte in enumerate(message[position : position + _LONGEST_VARINT]):
        number |= (byte & 0x7F) << (7 * place)
        if byte < _ENDS_IN_MORE:
            return number, position + place + 1
    raise ValueError("no number")
