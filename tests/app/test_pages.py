"""The pages are for this machine, unless the streamer says otherwise and knows what that means."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app import pages
from bot.errors import MisconfiguredError
from bot.web.options import WebOptions

TOKEN = SecretStr("a-word-of-ones-own")


def test_a_token_is_made_up_where_none_is_set() -> None:
    """A new one each time, too long to be guessed."""
    made = {pages.token(WebOptions()).get_secret_value() for _ in range(5)}
    assert len(made) == 5
    assert min(map(len, made)) >= 32
    assert pages.token(WebOptions(token=TOKEN)) == TOKEN


def test_the_network_needs_a_token_of_ones_own(caplog: pytest.LogCaptureFixture) -> None:
    """And the streamer is told who can read what, with a certificate and without."""
    with pytest.raises(MisconfiguredError, match="WEB_TOKEN"):
        pages.token(WebOptions(host="0.0.0.0"))  # noqa: S104  the point
    assert pages.token(WebOptions(host="192.168.1.5", token=TOKEN)) == TOKEN
    assert "anybody there can see what viewers see" in caplog.text
    assert "no WEB_CERTIFICATE" in caplog.text
    assert TOKEN.get_secret_value() not in caplog.text
    caplog.clear()
    pages.token(WebOptions(host="192.168.1.5", token=TOKEN, certificate=Path("cert.pem")))
    assert "open to your network" in caplog.text
    assert "WEB_CERTIFICATE" not in caplog.text


@pytest.mark.parametrize(
    ("options", "address"),
    [
        (WebOptions(), "http://127.0.0.1:8765"),
        (WebOptions(host="0.0.0.0"), "http://127.0.0.1:8765"),  # noqa: S104  the point
        (WebOptions(host="::"), "http://127.0.0.1:8765"),
        (WebOptions(host="192.168.1.5"), "http://192.168.1.5:8765"),
        (WebOptions(host="fe80::1"), "http://[fe80::1]:8765"),
        (WebOptions(certificate=Path("cert.pem")), "https://127.0.0.1:8765"),
    ],
)
def test_the_address_is_one_that_can_be_opened(options: WebOptions, address: str) -> None:
    """On this machine; everywhere is no address."""
    assert pages.address(options, 8765) == address
