"""The README tells the truth of the tree."""

import re
import runpy
from pathlib import Path

from bot.settings import keys

_ROOT = Path(__file__).parents[1]
_README = (_ROOT / "README.md").read_text(encoding="utf-8")
_JAPANESE = (_ROOT / "README.ja.md").read_text(encoding="utf-8")
_MAP = _README.partition("### The map")[2].partition("\n## ")[0]


def _places() -> list[str]:
    """Return what the map's first column names."""
    rows = [line.split("|")[1] for line in _MAP.splitlines() if line.startswith("| `")]
    return [place for row in rows for place in re.findall(r"`([^`]+)`", row)]


def test_the_map_is_the_tree() -> None:
    """Every package and every shared module has its line, once, and no line is of the past."""
    here = [*(_ROOT / "bot").iterdir(), *_ROOT.iterdir()]
    modules = {path.relative_to(_ROOT).as_posix() for path in here if path.suffix == ".py"}
    packages = {
        f"{path.relative_to(_ROOT).as_posix()}/"
        for path in here
        if path.is_dir() and any(path.glob("*.*"))
    }
    outside = {"bot/", ".git/", ".venv/"}
    caches = {place for place in packages if place.rstrip("/").endswith(("_cache", "__pycache__"))}
    expected = modules - {"bot/__init__.py"} | packages - outside - caches - {".hypothesis/"}
    assert sorted(_places()) == sorted(expected)


def test_what_is_named_is_there() -> None:
    """Links within the project lead somewhere."""
    for path in (*_ROOT.glob("*.md"), *(_ROOT / "docs").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(((?!https?:|#)[^)]+)\)", text):
            assert (path.parent / target.partition("#")[0]).exists(), (path, target)


def test_the_second_command_is_what_ci_runs() -> None:
    """The command for developers stands in CI's script word for word."""
    command = "pip install uv && uv run --group dev pytest"
    assert f"\n{command}\n" in _README
    assert f"\n{command}\n" in (_ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_table_of_the_settings_is_that_of_the_code() -> None:
    """`just settings` writes it; it has every key, with what it means."""
    written = (_ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    made = runpy.run_path(str(_ROOT / ".ci" / "settings_table.py"))["table"]()
    assert written == made
    assert [key for key in keys() if f"| `{key}` | " not in made] == []


def test_the_japanese_readme_says_the_same() -> None:
    """The same commands in the same order, the same pictures, and as many headings."""
    streamers = _README.partition("\n## For developers")[0]
    japanese = _JAPANESE.partition("\n## 開発する人へ")[0]
    for what in (r"^```.*?^```", r"\]\((docs/[^)]+\.png)\)", r"^(#+) ", r"^\| `(!\w[\w-]*)"):
        pattern = re.compile(what, re.DOTALL | re.MULTILINE)
        assert pattern.findall(japanese) == pattern.findall(streamers), what
    for key in set(re.findall(r"\b(?:BOT|VOICE|OBS|WEB|VTS|GUARD|OLLAMA)_[A-Z_]+", japanese)):
        assert key in streamers


def test_the_ten_steps_are_the_same_in_both_languages() -> None:
    """Each with a picture; the same commands, pictures, keys and ports, in the same order."""
    english, japanese = (
        (_ROOT / "docs" / name).read_text(encoding="utf-8")
        for name in ("going-live.md", "going-live.ja.md")
    )
    japanese = japanese.replace(".ja.png", ".png")
    for what in (r"^```.*?^```", r"\]\(([^)]+\.png)\)", r"^(#+) ", r"\b[A-Z]+_[A-Z]+\b=?"):
        pattern = re.compile(what, re.DOTALL | re.MULTILINE)
        assert pattern.findall(japanese) == pattern.findall(english), what
    steps = re.split(r"^## \d+\. ", english.partition("\n# ")[0], flags=re.MULTILINE)[1:]
    assert len(steps) == 10
    assert [step.splitlines()[0] for step in steps if "![" not in step] == []
