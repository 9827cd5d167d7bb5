"""The reply as messages in Twitch's chat, by the account that is signed in.

https://dev.twitch.tv/docs/api/reference/#send-chat-message,
https://dev.twitch.tv/docs/api/reference/#delete-chat-messages
"""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Final, Never

import regex
from pydantic import BaseModel

from bot.chat import Comment, Platform, Reply, Retraction
from bot.clock import Clock
from bot.errors import BotError, MisconfiguredError
from bot.sources.once import Once
from bot.text import join
from bot.translation import tr
from bot.twitch.account import DELETE, TwitchAccount
from bot.twitch.http import TwitchRefusedError, read
from bot.twitch.token import SIGN_IN

log = logging.getLogger(__name__)

MESSAGE_LIMIT = 500
"""Characters that a message may have."""
WAITING_LIMIT = 10
"""Messages that wait at most; the oldest make room."""

_DELETABLE = 200
"""Messages that are remembered, to be deleted with the comment that they answer."""
_BETWEEN_POSTS = 1.5
"""Twitch allows 20 messages in 30 s, and one a second:
https://dev.twitch.tv/docs/chat/#rate-limits."""
_COMMAND = regex.compile(r"^[/\s]*(?:[/!／！]+|[.．])(?=\w)")
"""What another bot, or Twitch itself, would take for a command."""
_GRAPHEME = regex.compile(r"\X")


@dataclass(frozen=True, slots=True)
class _Message:
    channel: str
    text: str
    reply_to: str
    answers: tuple[Comment, ...]


@dataclass(frozen=True, slots=True)
class _Posted:
    channel: str
    id: str
    answers: tuple[Comment, ...]


class TwitchStage:
    """Posts each finished reply where the comments were written that it answers.

    What waits to be posted is noted at once; ``run`` posts it, no faster than Twitch allows. What
    answers a comment that no longer stands is deleted, where the sign-in allows that.

    Attributes:
        dropped: how many messages had to make room, or could not be posted.
    """

    def __init__(self, account: TwitchAccount, *, clock: Clock) -> None:
        self.dropped = 0
        self._account = account
        self._clock = clock
        self._waiting = deque[_Message]()
        self._posted = deque[_Posted](maxlen=_DELETABLE)
        self._deleting = deque[_Posted]()
        self._taken_back = deque[Retraction](maxlen=_DELETABLE)
        """What was taken back while a message was on its way."""
        self._arrived = asyncio.Event()
        self._once = Once(log)

    is_ready: Final = True
    alive_at: Final = None

    @property
    def label(self) -> str:
        """See ``NeighbourStage``."""
        return tr("Posting on Twitch")

    @property
    def state(self) -> str:
        """How it is, in a sentence for the streamer."""
        return tr("Posting replies in Twitch's chat, {dropped} dropped.", dropped=self.dropped)

    def show(self, reply: Reply, *, finished: bool) -> None:
        """Have a finished reply posted, if it answers somebody on Twitch."""
        if not finished:
            return
        answered = [one for one in reply.answers if one.platform is Platform.TWITCH]
        # A notice is no message that could be replied to.
        parent = answered[0].id if len(answered) == 1 and not answered[0].membership else ""
        for channel in dict.fromkeys(comment.channel for comment in answered):
            texts = messages(reply.sentences)
            self._note(*(_Message(channel, text, parent, reply.answers) for text in texts))

    def tell(self, comment: Comment, text: str) -> None:
        """Answer a comment that was written on Twitch."""
        if comment.platform is Platform.TWITCH:
            parts = messages([text])
            self._note(*(_Message(comment.channel, part, comment.id, ()) for part in parts))

    def retract(self, retraction: Retraction) -> None:
        """Have deleted what answers a comment that no longer stands; see ``Messenger``."""
        self._taken_back.append(retraction)
        for posted in tuple(self._posted):
            if any(map(retraction.covers, posted.answers)):
                self._posted.remove(posted)
                self._deleting.append(posted)
        self._arrived.set()

    def _note(self, *posts: _Message) -> None:
        self._waiting += posts
        while len(self._waiting) > WAITING_LIMIT:
            self._waiting.popleft()
            self.dropped += 1
            log.warning(tr("A message to Twitch's chat was dropped: too many wait to be posted."))
        self._arrived.set()

    def clear(self) -> None:
        """Forget what was not posted yet."""
        self._waiting.clear()

    async def run(self) -> Never:
        """Post what there is, until cancelled."""
        while True:
            while not (self._waiting or self._deleting):
                self._arrived.clear()
                await self._arrived.wait()
            if self._deleting:
                await self._delete(self._deleting.popleft())
                continue
            self._taken_back.clear()
            await self._post(self._waiting.popleft())
            for retraction in tuple(self._taken_back):
                self.retract(retraction)
            await self._clock.sleep(_BETWEEN_POSTS)

    async def _delete(self, posted: _Posted) -> None:
        try:
            token = self._account.token
            if DELETE not in token.scopes:
                self._stays(
                    tr(
                        "the bot deletes such answers if you run `{sign_in} --may-delete`"
                        " once, with an account that is a moderator.",
                        sign_in=SIGN_IN,
                    )
                )
                return
            asked = {
                "broadcaster_id": [posted.channel],
                "moderator_id": [token.user_id],
                "message_id": [posted.id],
            }
            await self._account.call("DELETE", "moderation/chat", params=asked)
        except TwitchRefusedError as refusal:
            self._stays(tr("delete it there ({message}).", message=refusal.message))
        except BotError as error:
            self._stays(tr("delete it there. {error}", error=error))

    def _stays(self, hint: str) -> None:
        text = tr(
            "An answer to a comment that was deleted stays in Twitch's chat: {hint}", hint=hint
        )
        self._once.tell(logging.WARNING, text, topic="deleting")

    async def _post(self, message: _Message) -> None:
        echoes = self._account.echoes
        try:
            asked: dict[str, Any] = {
                "broadcaster_id": message.channel,
                "sender_id": self._account.token.user_id,
                "message": message.text,
            }
            if message.reply_to:
                asked["reply_parent_message_id"] = message.reply_to
            echoes.expect(message.channel, message.text)
            answer = await self._account.call("POST", "chat/messages", json=asked)
            sent = read(_Answer, answer).data[0]
        except TwitchRefusedError as refusal:
            echoes.refused(message.channel, message.text)
            self._fail(
                tr(
                    "Twitch does not let the bot write in the chat ({message}).",
                    message=refusal.message,
                )
            )
        except BotError as error:
            # Where Twitch did not answer, it may have been posted, and its echo may still come.
            if isinstance(error, MisconfiguredError):
                echoes.refused(message.channel, message.text)
            self._fail(tr("A reply could not be posted in Twitch's chat: {error}", error=error))
        else:
            if sent.is_sent:
                echoes.posted(message.channel, message.text, sent.message_id)
                self._posted.append(_Posted(message.channel, sent.message_id, message.answers))
                self._once.forget()
                return
            echoes.refused(message.channel, message.text)
            reason = sent.drop_reason.message if sent.drop_reason else tr("it does not say why")
            self._fail(
                tr(
                    "Twitch took a message of the bot, but does not show it: {reason}",
                    reason=reason,
                )
            )

    def _fail(self, text: str) -> None:
        """Tell the streamer, but not the same again and again."""
        self.dropped += 1
        self._once.tell(logging.ERROR, text)


class _Reason(BaseModel):
    message: str


class _Sent(BaseModel):
    message_id: str
    is_sent: bool
    drop_reason: _Reason | None = None


class _Answer(BaseModel):
    data: tuple[_Sent]


def messages(sentences: Iterable[str]) -> list[str]:
    """Return what was said as messages, as few as can be.

    They are cut between sentences, where a sentence is too long between words, and else between
    what people see as characters. None begins as a command does, to Twitch or to another bot.
    """
    found = [""]
    for sentence in sentences:
        for part in _parts(sentence):
            # Words that follow a lone mark would make a command of it.
            joined = _harmless(join([found[-1], part])) if found[-1] else part
            if len(joined) <= MESSAGE_LIMIT:
                found[-1] = joined
            else:
                found.append(part)
    return [text for text in (part.lstrip("/ ") for part in found) if text]


def _parts(sentence: str) -> Iterator[str]:
    sentence = _harmless(sentence)
    while len(sentence) > MESSAGE_LIMIT:
        end = sentence.rfind(" ", 0, MESSAGE_LIMIT + 1)
        if end < MESSAGE_LIMIT // 2:
            ends = (grapheme.end() for grapheme in _GRAPHEME.finditer(sentence))
            end = max(takewhile(lambda end: end <= MESSAGE_LIMIT, ends), default=MESSAGE_LIMIT)
        yield sentence[:end].rstrip()
        sentence = _harmless(sentence[end:].lstrip())
    yield sentence


def _harmless(text: str) -> str:
    """Return a text with a space in what would be a command at the beginning of a message."""
    return _COMMAND.sub(r"\g<0> ", text)
