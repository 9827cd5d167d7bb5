"""A theme is a folder; a broken one is refused with the reason, and the default one offered."""

from pathlib import Path

import pytest

from bot.errors import MisconfiguredError
from bot.web.themes import DEFAULT, Themes
from tests.support.site import open_site

TOML = 'title = "Mine"\nplace = "top"\n'
HTML = '<div class="mine" data-part="page"><p data-part="text"></p></div>'
CSS = ".mine { color: red; background: url(bg.png); }"


def make(folder: Path, *, toml: str = TOML, html: str = HTML, css: str = CSS) -> Path:
    """Make a theme of one's own, and return the folder of themes."""
    theme = folder / "mine"
    theme.mkdir(parents=True)
    (theme / "theme.toml").write_text(toml, encoding="utf-8")
    (theme / "theme.html").write_text(html, encoding="utf-8")
    (theme / "theme.css").write_text(css, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", ["bubble", "caption", "strip"])
def test_the_shipped_ones_can_be_used(name: str) -> None:
    """Each has a Japanese title, too, and a style for each mood of the characters."""
    theme = Themes().load(name)
    assert theme.options.title_ja
    css = (theme.folder / "theme.css").read_text(encoding="utf-8")
    for mood in ("joy", "calm", "surprise", "sad"):
        assert f'data-mood="{mood}"' in css


def test_ones_own(tmp_path: Path) -> None:
    """It lies beside the shipped ones, and may take the place of one."""
    themes = Themes([make(tmp_path)])
    assert themes.names() == ["bubble", "caption", "mine", "strip"]
    theme, problem = themes.offer("mine")
    assert (theme.options.title, theme.options.place, theme.options.comments) == ("Mine", "top", 3)
    assert problem == ""
    (tmp_path / "mine").rename(tmp_path / "caption")
    assert themes.load("caption").options.title == "Mine"


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ({"toml": "title = "}, r"theme\.toml is no TOML"),
        ({"toml": 'place = "top"'}, r"theme\.toml: title: is missing"),
        ({"toml": TOML.replace("top", "above")}, r"theme\.toml: place: .*top-left"),
        ({"toml": f"{TOML}color = 1"}, r"theme\.toml: color: there is no such key"),
        ({"html": "<p data-part=text></p>"}, r'needs one element with data-part="page", and has 0'),
        ({"html": HTML * 2}, r'data-part="page", and has 2'),
        ({"html": HTML + "<b data-part=face></b>"}, r'data-part="face"; there are: comments, name'),
        ({"html": HTML + "<script>alert(1)</script>"}, "has a <script>"),
        ({"html": HTML + "<iframe></iframe>"}, "has a <iframe>"),
        ({"html": HTML + '<img onerror="x">'}, "has onerror= on its <img>"),
        ({"html": HTML + '<b style="x">'}, "has style= on its <b>"),
        ({"html": HTML + '<img src="https://a.example/a.png">'}, "elsewhere on its <img>"),
        ({"html": HTML + '<img src="//a.example/a.png">'}, "elsewhere on its <img>"),
        ({"css": "@import 'x.css';"}, r"theme\.css loads something from elsewhere"),
        ({"css": "a { background: url(https://a.example) }"}, r"theme\.css loads something"),
        ({"css": "a { background: url('//a.example') }"}, r"theme\.css loads something"),
        ({"css": "x" * 100_001}, "has more than 100000 characters"),
    ],
)
def test_a_broken_one_is_refused_with_the_reason(
    tmp_path: Path, broken: dict[str, str], told: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The default is offered in its place; the streamer is told, once."""
    themes = Themes([make(tmp_path, **broken)])
    with pytest.raises(MisconfiguredError, match=told):
        themes.load("mine")
    for _ in range(2):
        theme, problem = themes.offer("mine")
        assert theme.name == DEFAULT
        assert problem
    assert len(caplog.records) == 1
    assert "The overlay looks as usual." in caplog.text


@pytest.mark.parametrize("gone", ["theme.toml", "theme.html", "theme.css"])
def test_a_file_that_is_missing(tmp_path: Path, gone: str) -> None:
    """It is named; and so is one that is not saved as UTF-8."""
    themes = Themes([make(tmp_path)])
    path = tmp_path / "mine" / gone
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(MisconfiguredError, match=f"{gone} is not saved as UTF-8"):
        themes.load("mine")
    path.unlink()
    with pytest.raises(MisconfiguredError, match=f"The theme has no .*{gone}"):
        themes.load("mine")


@pytest.mark.parametrize("name", ["none", "../bubble", "", "a b", "bubble/.."])
def test_there_is_none_of_that_name(name: str) -> None:
    """Those there are are named; no name leads out of the folder."""
    with pytest.raises(MisconfiguredError, match="There are: bubble, caption, strip"):
        Themes().load(name)


async def test_it_is_served(tmp_path: Path) -> None:
    """Its elements and its files, as long as it is whole; nothing else of the disk."""
    (make(tmp_path) / "mine" / "bg.png").write_bytes(b"PNG")
    (tmp_path / "mine" / "secret.txt").write_text("secret")
    async with open_site(themes=[tmp_path]) as site:
        status, text = await site.ask("GET", "/themes")
        assert status == 200
        assert '"name": "mine", "title": "Mine"' in text
        status, text = await site.ask("GET", "/themes/mine")
        assert (status, '"problem": ""' in text) == (200, True)
        assert await site.ask("GET", "/themes/mine/theme.css") == (200, CSS)
        assert await site.ask("GET", "/themes/mine/bg.png") == (200, "PNG")
        for path in ("secret.txt", "theme.toml", "theme.html", "..%2Fmine%2Fbg.png", "no.png"):
            assert (await site.ask("GET", f"/themes/mine/{path}"))[0] == 404
        (tmp_path / "mine" / "theme.html").write_text("<p>")
        status, text = await site.ask("GET", "/themes/mine")
        assert status == 200
        assert '"name": "bubble"' in text
        assert "theme.html needs one element" in text
        assert (await site.ask("GET", "/themes/mine/theme.css"))[0] == 404
        assert '"mine"' not in (await site.ask("GET", "/themes"))[1]


def test_the_one_in_the_readme_can_be_used(tmp_path: Path) -> None:
    """It can be copied as it stands."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    toml, html, css = (
        readme.partition(f"```{kind}\n{begin}")[2].partition("```")[0]
        for kind, begin in (
            ("toml", "# theme.toml\n"),
            ("html", "<!-- theme.html"),
            ("css", "/* theme.css"),
        )
    )
    folder = make(tmp_path, toml=toml, html=f"<!--{html}", css=f"/*{css}")
    theme = Themes([folder]).load("mine")
    assert theme.options.comments == 2
