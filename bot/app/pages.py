"""Where the pages are, and what lets somebody in."""

import logging
import secrets

from pydantic import SecretStr

from bot.errors import MisconfiguredError
from bot.translation import tr
from bot.web.options import WebOptions

log = logging.getLogger(__name__)


def address(options: WebOptions, port: int) -> str:
    """Return where this machine's own programs find the pages."""
    scheme = "https" if options.certificate else "http"
    host = "127.0.0.1" if options.host in {"0.0.0.0", "::"} else options.host  # noqa: S104  so told
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def token(options: WebOptions) -> SecretStr:
    """Return what scripts and pages must bring.

    Raises:
        MisconfiguredError: other machines may ask, and the streamer has chosen none.
    """
    if options.is_public:
        if options.token is None:
            raise MisconfiguredError(
                tr(
                    "WEB_HOST={host} opens the pages to your network: choose a WEB_TOKEN of 16"
                    " characters or more, too, so that nobody else gives commands.",
                    host=options.host,
                )
            )
        log.warning(
            tr(
                "The pages are open to your network: anybody there can see what viewers"
                " see{also}, and whoever has the token can write as a moderator.",
                also=""
                if options.certificate
                else tr(", read the token on its way (there is no WEB_CERTIFICATE)"),
            ),
        )
    return options.token or SecretStr(secrets.token_urlsafe(24))
