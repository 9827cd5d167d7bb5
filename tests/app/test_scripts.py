"""The interface for scripts, of a real show: what it tells, and what it does."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import ignored_auth

from tests.standins.ollama import Gate, OllamaStandIn
from tests.support.show import TOKEN, Viewer, on_air

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ollama() -> AsyncIterator[OllamaStandIn]:
    """An Ollama for all tests here."""
    async with OllamaStandIn() as ollama:
        yield ollama


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def viewer(
    tmp_path_factory: pytest.TempPathFactory, ollama: OllamaStandIn
) -> AsyncIterator[Viewer]:
    """One show for all of them, which has greeted."""
    database = tmp_path_factory.mktemp("scripts") / "history.db"
    async with on_air(ollama.host, database, speaker="wren") as viewer:
        await viewer.until("reply.finished")
        yield viewer


async def test_commands_are_obeyed_and_answered(viewer: Viewer) -> None:
    """With or without the sign in front; the status knows who it was."""
    status, told = await viewer.ask("POST", "/api/commands", json={"command": "pause"})
    assert (status, told) == (
        200,
        {"answer": "the show is paused: the character is silent until !resume."},
    )
    await viewer.until("state", paused=True)
    _, told = await viewer.ask("GET", "/api/status")
    assert (told["state"], told["summary"]) == ("paused", "Paused by panel")
    named = {"command": "!resume", "author": "Stream Deck"}
    _, told = await viewer.ask("POST", "/api/commands", json=named)
    assert told == {"answer": "the show goes on."}
    _, told = await viewer.ask("POST", "/api/commands", json={"command": "dance"})
    assert "no command" in told["answer"]
    status, told = await viewer.ask("POST", "/api/commands", json={"command": 7})
    assert status == 400
    assert "!pause" in told["error"]


async def test_the_status_names_each_part(viewer: Viewer) -> None:
    """With its state in words."""
    _, told = await viewer.ask("GET", "/api/status")
    parts = {one["name"]: one for one in told["parts"]}
    assert {"gpt-oss:120b", "History", "Disk"} <= parts.keys()
    assert parts["gpt-oss:120b"]["level"] == "well"
    assert told["summary"] == "On air"


async def test_the_figures(viewer: Viewer) -> None:
    """From a number on."""
    status, told = await viewer.ask("GET", "/api/figures?since=3")
    assert (status, told["first"], told["samples"]) == (200, 3, [])
    status, told = await viewer.ask("GET", "/api/figures?since=x")
    assert status == 400
    assert "number" in told["error"]


async def test_the_queue_is_told_in_its_order(viewer: Viewer, ollama: OllamaStandIn) -> None:
    """Who is answered, who is next, and why."""
    gate = Gate()
    ollama.will(gate, "Here I am. ")
    await viewer.post("hello?", "aki")
    await gate.reached()
    await viewer.post("nice weather", "bo")
    await viewer.post("Wren, what is that light?", "mika")
    _, told = await viewer.ask("GET", "/api/queue")
    assert [one["author"]["name"] for one in told["answering"]] == ["aki"]
    assert [one["comment"]["author"]["name"] for one in told["queue"]] == ["mika", "bo"]
    assert told["queue"][0]["why"] == ["named", "first words", "question"]
    assert told["others"] == 0


@pytest.mark.parametrize("path", ["/api/status", "/api/queue", "/api/figures", "/api/commands"])
async def test_nobody_else_is_told(viewer: Viewer, path: str) -> None:
    """Without the token."""
    method = "POST" if path == "/api/commands" else "GET"
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, viewer.address + path) as response,
    ):
        assert response.status == 401
        assert "token" in (await response.json())["error"]


async def test_it_is_as_its_description_says(viewer: Viewer) -> None:
    """Whatever the description allows is answered as it says, and what it does not is refused."""
    status, told = await viewer.ask("GET", "/api/openapi.json")
    assert status == 200
    await asyncio.to_thread(_ask_all, viewer.address, told)


def _ask_all(address: str, description: dict[str, Any]) -> None:
    # Feeds never end; their events have tests of their own.
    schema = schemathesis.openapi.from_dict(description).exclude(
        path=["/api/events", "/api/backstage"]
    )
    headers = {"Authorization": f"Bearer {TOKEN}"}
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()

        @how(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(case=operation.as_strategy())
        def ask(case: "schemathesis.Case[Any]") -> None:
            # Wrong tokens are slowed, which has a test of its own.
            case.call_and_validate(
                base_url=address, headers=headers, excluded_checks=[ignored_auth]
            )

        ask()
