"""What stands in the database's rows, as the words that everyone shares."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from bot.chat import Author, Comment, Membership, Money, Occasion, Platform, Role

COMMENTS = (
    "SELECT platform, message_id, author_id, author_name, roles, text, written_at,"
    " paid_amount, paid_currency, occasion, months, gifts, channel FROM comments"
)
"""Selects comments as ``comment_of`` takes them."""


def comment_of(row: Sequence[Any]) -> Comment:
    """Return the comment that a row holds."""
    (platform, message_id, author_id, author_name, roles, text, written_at) = row[:7]
    (amount, currency, occasion, months, gifts, channel) = row[7:]
    return Comment(
        platform=Platform(platform),
        id=message_id,
        author=Author(author_id, author_name, frozenset(map(Role, roles.split()))),
        text=text,
        at=datetime.fromisoformat(written_at),
        paid=Money(Decimal(amount), currency) if amount else None,
        membership=Membership(Occasion(occasion), months, gifts) if occasion else None,
        channel=channel,
    )


def timestamp(at: datetime) -> str:
    """Return a time as it is written, so that later ones sort behind."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def phrase(text: str) -> str:
    """Return what the index of words is asked for a text, whatever stands in it."""
    return '"{}"'.format(text.replace('"', '""'))


def containing(text: str) -> str:
    """Return the pattern of ``LIKE`` for what holds a text; its escape sign is a backslash."""
    return "%" + "".join(f"\\{one}" if one in "%_\\" else one for one in text) + "%"
