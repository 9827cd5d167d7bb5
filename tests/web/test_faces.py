"""What characters look like: pictures that lie beside them."""

from pathlib import Path

import pytest

from bot import persona as personas
from bot.web.faces import Faces
from tests.support.site import Site, open_site


@pytest.mark.parametrize("name", ["botan", "wren"])
def test_each_character_has_a_face(name: str) -> None:
    """For each of its moods: mouth shut, mouth open, eyes shut; and one for a pause."""
    persona = personas.load(name)
    assert persona.face == name
    offered = Faces().offer(name)
    assert set(offered) == {"face", "sleep", *persona.moods} - {"calm"}
    for mood in set(offered) - {"sleep"}:
        assert offered[mood] == {
            "still": f"{mood}.svg",
            "talk": f"{mood}-talk.svg",
            "blink": f"{mood}-blink.svg",
        }


def test_a_face_of_ones_own(tmp_path: Path) -> None:
    """As few pictures as one; what is missing is that of the same mood; the rest is left out."""
    mine = tmp_path / "mine"
    mine.mkdir()
    for name in ("face.png", "joy.webp", "joy-talk.webp", "notes.txt", "Joy.png", "x-y.png"):
        (mine / name).touch()
    assert Faces([tmp_path]).offer("mine") == {
        "face": {"still": "face.png", "talk": "face.png", "blink": "face.png"},
        "joy": {"still": "joy.webp", "talk": "joy-talk.webp", "blink": "joy.webp"},
    }
    (mine / "face.png").unlink()
    assert Faces([tmp_path]).offer("mine") == {}


def test_a_persona_may_borrow_a_face(tmp_path: Path) -> None:
    """By the name of the folder."""
    text = Path(personas.__file__).parent.parent.joinpath("personas/wren.toml").read_text("utf-8")
    (tmp_path / "mine.toml").write_text(f'face = "botan"\n{text}', encoding="utf-8")
    assert personas.load("mine", [tmp_path]).face == "botan"


@pytest.fixture
async def site() -> object:
    """Serve the pages."""
    async with open_site() as site:
        yield site


async def test_the_pictures_are_served(site: Site) -> None:
    """Those, and nothing else that lies there or elsewhere."""
    async with site.client.get(f"{site.url}/faces/botan/joy-talk.svg") as response:
        assert response.headers["Content-Type"] == "image/svg+xml"
        assert (await response.text()).startswith("<svg")
    for path in ("botan/nothing.svg", "nobody/joy.svg", "botan/..%2Fwren.toml", "..%2f/wren.toml"):
        status, _ = await site.ask("GET", f"/faces/{path}")
        assert status == 404, path
    assert await site.ask("GET", "/faces/nobody") == (200, "{}")
    assert (await site.ask("GET", "/avatar"))[0] == 200
