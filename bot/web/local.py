"""The local page and scripts: comments that come in through the bot's own web server."""

import asyncio
import math
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field

from bot.chat import Author, Comment, Membership, Money, Occasion, Platform, Role
from bot.sources import Heartbeat, Receive
from bot.translation import tr


class _Paid(BaseModel):
    model_config = ConfigDict(extra="forbid")

    amount: Decimal = Field(gt=0, le=1_000_000_000)
    currency: str = Field(min_length=1, max_length=12)


class _Membership(BaseModel):
    model_config = ConfigDict(extra="forbid")

    occasion: Occasion
    months: int = Field(default=0, ge=0, le=1200)
    gifts: int = Field(default=0, ge=0, le=1000)
    recipient: str = Field(default="", max_length=200)


class Posted(BaseModel):
    """What ``POST /api/comments`` takes. Whoever may post at all may also claim roles.

    What is said to be paid is for a rehearsal: it is treated as if it was.
    """

    model_config = ConfigDict(extra="forbid")

    author: str = Field(min_length=1, max_length=200)
    text: str = Field(max_length=200_000)
    roles: frozenset[Role] = frozenset()
    paid: _Paid | None = None
    membership: _Membership | None = None


class LocalSource:
    """Hands on what is posted while it is listened to."""

    def __init__(self) -> None:
        self._receive: Receive | None = None

    @property
    def label(self) -> str:
        """See ``Source``."""
        return Platform.LOCAL.label

    async def listen(self, receive: Receive) -> None:
        """Hand on every posted comment, until cancelled."""
        self._receive = receive
        receive(Heartbeat(tr("listening"), math.inf))
        try:
            await asyncio.Event().wait()
        finally:
            self._receive = None

    def post(self, posted: Posted) -> Comment | None:
        """Hand a comment on and return it, or return None where nobody listens."""
        if self._receive is None:
            return None
        author = Author(id=posted.author, name=posted.author, roles=posted.roles)
        paid, membership = posted.paid, posted.membership
        comment = Comment(
            Platform.LOCAL,
            uuid4().hex,
            author,
            posted.text,
            datetime.now(UTC),
            Money(paid.amount, paid.currency) if paid else None,
            Membership(**membership.model_dump()) if membership else None,
        )
        self._receive(comment)
        return comment
