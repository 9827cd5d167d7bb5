"""Whatever goes wrong with YouTube, each comment is heard within a minute, once."""

import pytest

from tests.standins.youtube import Fault
from tests.support.listening import listening

pytestmark = pytest.mark.slow

EVERY_FAULT = list(Fault)


@pytest.mark.parametrize("fault", EVERY_FAULT, ids=lambda fault: fault.name)
@pytest.mark.parametrize("part", ["chat", "everything"])
async def test_pytchat_breaks_and_the_page_takes_over(
    fault: Fault, part: str, caplog: pytest.LogCaptureFixture
) -> None:
    """What is written while pytchat cannot read is heard through the page, within a minute."""
    async with listening("pytchat", "page", interval=20) as live:
        live.youtube.write("before")
        await live.elapse(3)
        live.youtube.break_(fault, part, "pytchat")
        live.youtube.write("meanwhile")
        await live.elapse(59)
        assert live.heard == ["before", "meanwhile"]
        live.youtube.write("later")
        await live.elapse(59)
        assert live.heard == ["before", "meanwhile", "later"]
        told = [line for line in caplog.messages if "in another way" in line]
        assert len(told) <= 1
        assert live.state.startswith("listening")
        if fault is not Fault.DRY:
            assert len(told) == 1
            assert live.state == "listening through YouTube's page"


@pytest.mark.parametrize("fault", EVERY_FAULT, ids=lambda fault: fault.name)
@pytest.mark.parametrize("part", ["chat", "everything"])
@pytest.mark.parametrize("readers", [("pytchat",), ("page",), ("pytchat", "page")], ids="+".join)
async def test_youtube_fails_and_recovers(
    readers: tuple[str, ...], part: str, fault: Fault
) -> None:
    """What is written while YouTube fails is heard within a minute of its recovery, once."""
    async with listening(*readers) as live:
        live.youtube.write("before")
        await live.elapse(3)
        live.youtube.break_(fault, part)
        await live.elapse(10)
        live.youtube.write("meanwhile")
        await live.elapse(50)
        live.youtube.mend()
        await live.elapse(59)
        assert live.heard == ["before", "meanwhile"]
        live.youtube.write("later")
        await live.elapse(30)
        assert live.heard == ["before", "meanwhile", "later"]
