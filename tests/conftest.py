"""What all tests share."""

import os
from collections.abc import AsyncIterator, Generator, Iterator

import pytest
from hypothesis import settings

from bot import translation
from tests.standins.ollama import OllamaStandIn
from tests.support.obs import RealObs

settings.register_profile("busy", deadline=None)  # so may the machine be
settings.load_profile("busy")
os.environ["BOT_LANGUAGE"] = "en"  # for the programs that tests start, wherever they are run


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Make a skip a failure in CI: there everything that the tests need is installed."""
    report = yield
    if report.skipped and os.environ.get("CI"):
        report.outcome = "failed"
        report.longrepr = f"Skipped, which CI does not allow: {report.longrepr}"
    return report


@pytest.fixture
def japanese() -> Iterator[None]:
    """Have the bot speak Japanese with people."""
    translation.use("ja")
    yield
    translation.use("en")


@pytest.fixture
async def ollama() -> AsyncIterator[OllamaStandIn]:
    """An Ollama that has gpt-oss:120b."""
    async with OllamaStandIn() as standin:
        yield standin


@pytest.fixture(scope="module")
def one_obs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealObs]:
    """Start one OBS for all tests here; ``real_obs`` is the one to ask for."""
    with RealObs(tmp_path_factory.mktemp("obs")) as obs:
        yield obs


@pytest.fixture
def real_obs(one_obs: RealObs) -> RealObs:
    """Return an OBS that runs, and has no source."""
    one_obs.renew()
    return one_obs
