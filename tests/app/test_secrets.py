"""No secret is in a log, however much is logged, nor in a feed, nor in the history."""

import asyncio
import logging
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.obs.options import ObsOptions
from tests.standins.ollama import OllamaStandIn
from tests.standins.twitch import TwitchStandIn
from tests.support.obs import RealObs
from tests.support.show import TOKEN, on_air
from tests.support.twitch import nothing_left_open, source_of

pytestmark = pytest.mark.slow


async def test_no_secret_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A show with everything that has a secret, with OBS's password right and wrong."""
    caplog.set_level(logging.DEBUG)
    folder = tmp_path / "obs"
    folder.mkdir()
    told = list[object]()
    with RealObs(folder) as real:
        caplog.clear()  # of what the test's own client has said
        for number, password in enumerate((real.password, "not-the-password")):
            obs = ObsOptions(
                source="Reply", create_source=True, port=real.port, password=SecretStr(password)
            )
            async with TwitchStandIn() as twitch, OllamaStandIn() as ollama:
                twitch.attract(monkeypatch)
                secrets = [twitch.grant.access_token, twitch.grant.refresh_token]
                source = source_of(twitch, tmp_path)
                async with on_air(
                    ollama.host, tmp_path / f"{number}.db", sources=[source], obs=obs
                ) as viewer:
                    await twitch.subscribed(1)
                    await viewer.post("hello", roles=["moderator"])
                    await viewer.post("!status", roles=["moderator"])
                    await viewer.until("reply.finished")
                told.append(viewer.events)
            (tmp_path / "twitch.json").unlink()
            for secret in (*secrets, password, TOKEN):
                assert secret not in caplog.text
                assert secret not in str(told)
                assert not await asyncio.to_thread(_is_in_a_database, secret, tmp_path)
    assert "OBS" in caplog.text
    await nothing_left_open()


def _is_in_a_database(secret: str, folder: Path) -> bool:
    return any(secret.encode() in file.read_bytes() for file in folder.glob("*.db*"))
