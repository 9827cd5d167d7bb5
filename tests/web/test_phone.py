"""The panel on a phone: an invitation that is good once, for those who may give one."""

import json
import socket

import pytest

from bot.web import phone as phone_module
from bot.web.options import WebOptions
from tests.support.site import BEARER, TOKEN, open_site


async def test_a_phone_is_invited() -> None:
    """By an address of this machine in its network, which lets one browser in."""
    options = WebOptions(host="0.0.0.0")  # noqa: S104
    async with open_site(options=options) as site:
        status, text = await site.ask("POST", "/api/phone", headers=BEARER)
        told = json.loads(text)
        assert status == 200
        assert told["picture"].startswith("<?xml")
        assert "<svg" in told["picture"]
        _, _, code = told["address"].partition("/?code=")
        assert TOKEN not in text
        assert "127.0.0.1" not in told["address"]
        for location in (f"{site.desk}/", "/"):  # once
            url = f"{site.url}/?code={code}"
            async with site.client.get(url, allow_redirects=False) as response:
                assert response.headers["Location"] == location


async def test_no_phone_reaches_a_machine_that_is_closed() -> None:
    """It is not invited then; and nobody else may invite one."""
    async with open_site() as site:
        status, text = await site.ask("POST", "/api/phone", headers=BEARER)
        assert (status, json.loads(text)) == (200, {"address": "", "picture": ""})
        assert (await site.ask("POST", "/api/phone"))[0] == 401


@pytest.mark.parametrize(
    ("host", "found"), [("192.168.0.7", "192.168.0.7"), ("fd00::7", "[fd00::7]")]
)
def test_an_address_that_was_chosen(host: str, found: str) -> None:
    """It is taken as it is."""
    assert phone_module._reachable(host) == found  # noqa: SLF001


def test_a_machine_without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has its name."""

    def fail(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(socket.socket, "connect", fail)
    monkeypatch.setattr(socket, "gethostname", lambda: "studio")
    assert phone_module._reachable("0.0.0.0") == "studio"  # noqa: S104, SLF001
