"""What the refusals of YouTube's Data API mean for the streamer.

They stand at https://developers.google.com/youtube/v3/live/docs/errors and
https://developers.google.com/youtube/v3/docs/errors; those that concern the key are common to
Google's services: https://cloud.google.com/apis/design/errors#error_model.
"""

from http import HTTPStatus
from typing import Any

from bot.errors import BotError, MisconfiguredError, UnavailableError
from bot.translation import tr

_TOO_FAST = {"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"}
_USED_UP = {"quotaExceeded", "dailyLimitExceeded"}
_DISABLED = {"accessNotConfigured", "SERVICE_DISABLED"}
_KEY = {
    "keyInvalid",
    "keyExpired",
    "ipRefererBlocked",
    "authError",
    "required",
    "API_KEY_INVALID",
    "API_KEY_SERVICE_BLOCKED",
    "API_KEY_IP_ADDRESS_BLOCKED",
    "API_KEY_HTTP_REFERRER_BLOCKED",
    "CONSUMER_INVALID",
}
_CHAT_FORBIDDEN = {"forbidden", "insufficientPermissions"}


class ApiRefusedError(Exception):
    """YouTube refused a call; ``reasons`` holds Google's words for why."""

    def __init__(self, status: int, answer: object) -> None:
        super().__init__(tr("YouTube's API answered with an error ({status}).", status=status))
        self.status = status
        self.reasons = _reasons(answer)

    @property
    def is_over(self) -> bool:
        """Whether the chat has ended with its stream."""
        return "liveChatEnded" in self.reasons

    @property
    def is_used_up(self) -> bool:
        """Whether nothing is left of the day's quota."""
        return bool(self.reasons & _USED_UP)

    @property
    def is_too_fast(self) -> bool:
        """Whether it was called too often, if not even the quota is used up."""
        return bool(self.reasons & _TOO_FAST) or self.status == HTTPStatus.TOO_MANY_REQUESTS

    def translated(self) -> BotError:
        """Return what it means that is none of the above."""
        if self.reasons & _DISABLED:
            return MisconfiguredError(
                tr(
                    "The project of YOUTUBE_API_KEY may not use YouTube's API: switch on the"
                    " YouTube Data API v3 for it at"
                    " https://console.cloud.google.com/apis/library."
                )
            )
        if self.reasons & _KEY or self.status == HTTPStatus.UNAUTHORIZED:
            return MisconfiguredError(
                tr(
                    "YouTube's API refuses YOUTUBE_API_KEY: make an API key at"
                    " https://console.cloud.google.com/apis/credentials, without restrictions"
                    " but to the YouTube Data API v3, and set it."
                )
            )
        if "liveChatDisabled" in self.reasons:
            return MisconfiguredError(
                tr("The stream has no live chat: switch it on in YouTube's live control room.")
            )
        if self.reasons & _CHAT_FORBIDDEN:
            return MisconfiguredError(
                tr(
                    "YouTube's API may not read the stream's chat: see that the stream is"
                    " neither private nor for members only."
                )
            )
        return UnavailableError(str(self))


def _reasons(answer: object) -> frozenset[str]:
    match answer:
        case {"error": dict(error)}:
            details = [*_dicts(error.get("errors")), *_dicts(error.get("details"))]
            reasons = {reason for each in details if isinstance(reason := each.get("reason"), str)}
            # A day's quota can also show as a rate: "limit 'Queries per day' of service …".
            if reasons & _TOO_FAST and "per day" in str(error.get("message")).lower():
                reasons.add("quotaExceeded")
            return frozenset(reasons)
    return frozenset()


def _dicts(items: object) -> list[dict[str, Any]]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
