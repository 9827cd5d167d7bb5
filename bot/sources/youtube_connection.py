"""One connection to a YouTube live chat through pytchat, which blocks: for a thread of its own."""

import logging
import threading
from collections.abc import Iterator

import httpx
import pytchat

from bot.errors import BotError, MisconfiguredError, UnavailableError

log = logging.getLogger(__name__)
_pytchat_log = logging.getLogger(f"{__name__}.pytchat")
_pytchat_log.setLevel(logging.CRITICAL)  # it logs tracebacks of errors that we put into words

_TIMEOUT = httpx.Timeout(8, connect=4)
_TRIES = 3
_INTERVAL = 5.0
_LONGEST_INTERVAL = 60.0
_NOT_FOUND = 404

_OVER = (pytchat.NoContents, pytchat.ChatDataFinished)
_NO_VIDEO = (pytchat.InvalidVideoIdException, pytchat.ResponseContextError)


def chat_answers(
    video: str, stop: threading.Event, *, known: bool, transport: httpx.BaseTransport | None
) -> Iterator[list[object]]:
    """Yield the raw actions of each answer, at YouTube's pace, until the stream is over or stopped.

    pytchat asks for what was written in the last three seconds and after.

    Args:
        video: the video's id.
        stop: ends a wait at once, and a request when it returns.
        known: whether this chat has answered before, so that the video is known to be right and
            all trouble is YouTube's.
        transport: stands in for the network.

    Raises:
        UnavailableError: YouTube is not reached, refuses, or answers what cannot be read.
        MisconfiguredError: there is no such video, or it has no live chat.
    """
    wire = _Wire(stop)
    with httpx.Client(
        transport=transport,
        timeout=_TIMEOUT,
        event_hooks={"request": [wire.asks], "response": [wire.answers]},
    ) as client:
        try:
            chat = pytchat.create(
                video,
                client=client,
                processor=pytchat.DummyProcessor(),
                interruptable=False,  # True takes Ctrl+C over
                hold_exception=False,
                logger=_pytchat_log,
            )
        except Exception as error:
            raise _failure(error, video, known=known) from error
        while not stop.is_set():
            try:
                [answer] = chat.get()
            except Exception as error:
                if not (chat.is_replay() or (known and isinstance(error, _OVER))):
                    raise _failure(error, video, known=known) from error
                answer = None
            # pytchat turns to the recording by itself, whose old comments look like new ones.
            if answer is None or chat.is_replay():
                _log_end(video, known=known)
                return
            known = True
            actions = answer["chatdata"]
            yield actions if isinstance(actions, list) else []
            stop.wait(_interval(answer["timeout"]))


def _log_end(video: str, *, known: bool) -> None:
    if known:
        log.info("The stream %s on YouTube is over.", video)
    else:
        log.warning(
            "The stream %s on YouTube was over before we came: its comments are old, and nobody "
            "is answered. Set YOUTUBE_VIDEO to a stream that is live.",
            video,
        )


def _interval(seconds: float) -> float:
    """Return how long to wait before asking again: what YouTube says, within reason."""
    return min(seconds, _LONGEST_INTERVAL) if seconds > 0 else _INTERVAL


def _failure(error: Exception, video: str, *, known: bool) -> BotError:
    """Put an error of pytchat or httpx into words.

    pytchat indexes whatever YouTube answers without looking, so that it can raise anything.
    """
    if isinstance(error, BotError):
        return error
    if isinstance(error, httpx.HTTPError):
        return UnavailableError(
            f"YouTube cannot be reached ({type(error).__name__}). "
            "Look whether this machine is online."
        )
    if isinstance(error, _OVER) and not known:
        return MisconfiguredError(
            f"YOUTUBE_VIDEO: the video {video} has no live chat. Either its stream is over, or its "
            "chat is turned off: set YOUTUBE_VIDEO to the address of a stream whose chat is on."
        )
    if isinstance(error, _NO_VIDEO) and not known:
        return MisconfiguredError(
            f"YOUTUBE_VIDEO: YouTube shows no public video {video}. Look whether its address opens "
            "in a private browser window. If it opens there, but only after a page that asks for "
            "consent to cookies or for a sign-in, YouTube shows that page to the bot as well, and "
            "the bot cannot pass it."
        )
    return UnavailableError(
        f"YouTube gave an answer that cannot be read ({type(error).__name__}). "
        "If this goes on, YouTube has changed, and the bot needs an update."
    )


class _Wire:
    """Looks at a connection's requests and answers, as pytchat does not.

    To pytchat, a refusal in JSON is the end of the stream; and where something else than JSON
    comes, or nothing, it sleeps for two seconds and asks again, eleven times.
    """

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._unanswered = 0

    def asks(self, _request: httpx.Request) -> None:
        """Raise when nobody listens any more, or YouTube has been silent too often."""
        if self._stop.is_set():
            raise UnavailableError("Nobody listens to YouTube any more.")
        if self._unanswered == _TRIES:
            raise UnavailableError(
                f"YouTube has not answered {_TRIES} times in a row. "
                "Look whether this machine is online."
            )
        self._unanswered += 1

    def answers(self, response: httpx.Response) -> None:
        """Raise for what is not an answer to what was asked."""
        path = response.request.url.path
        # pytchat looks up the channel on two pages: the second makes up for the first, and
        # where it is missing, so is the video.
        excused = path.startswith("/embed/") or (
            path == "/watch" and response.status_code == _NOT_FOUND
        )
        if response.is_error and not excused:
            raise UnavailableError(
                "YouTube does not let the bot read its live chat now: "
                f"it answered {response.status_code} {response.reason_phrase}."
            )
        if response.request.method == "POST":
            response.read()
            if not _holds_object(response):
                raise UnavailableError("YouTube gave a page where its live chat should be.")
        self._unanswered = 0


def _holds_object(response: httpx.Response) -> bool:
    try:
        return isinstance(response.json(), dict)
    except ValueError:
        return False
