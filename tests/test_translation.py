"""What the bot says to people, in English and in Japanese."""

import ast
import locale
import os
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import regex
import typer

from bot import translation
from bot.cli import app
from bot.translation import tr

_BOT = Path(translation.__file__).parent.parent
_JAPANESE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_SIGNS_ONLY = {
    "{title}: {length}",
    "ok",
    "hm",
    "no",
    "{size:.1f} GB{where}",
    "{summary}: {facts}.",
    "{key} ({place}){given}: {wanted}.",
    "{key}: {wanted}",
    "{name}: {state}",
    ", ",
}
"""They are the same in both languages, but for a sign."""


def _in_code() -> Iterator[str]:
    for path in _BOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Name(id="tr" | "tr_noop") | ast.Attribute(attr="tr"),
                    args=[ast.Constant(value=str(text))],
                ):
                    yield text


def _in_help(command: Any) -> Iterator[str]:
    for told in (command, *command.params):
        if text := getattr(told, "help", None):
            yield text
    for below in getattr(command, "commands", {}).values():
        yield from _in_help(below)


def _braces(text: str) -> list[tuple[str | None, ...]]:
    return sorted(part[1:] for part in string.Formatter().parse(text) if part[1] is not None)


def test_every_text_has_its_japanese() -> None:
    """None is missing, and none stands there that is not said any more."""
    command = typer.main.get_command(app)
    said = {*_in_code(), *_in_help(command)} - {"Show this message and exit."}
    assert said == set(translation.catalogue("ja"))


def test_each_translation_is_one() -> None:
    """It is Japanese, and has the same holes to be filled, in whatever order."""
    texts = translation.catalogue("ja").items()
    assert [
        english
        for english, japanese in texts
        if not (_JAPANESE.search(japanese) or english in _SIGNS_ONLY)
        or _braces(japanese) != _braces(english)
    ] == []


def test_a_text_is_filled_in_after_it_is_translated(japanese: None) -> None:
    """So each language has its own order; what is not in the catalogue stays as it is."""
    told = tr("“{name}” is in the scene “{scene}”.", name="{x}", scene="雑談")
    assert told == "「{x}」はシーン「雑談」にあります。"
    assert tr("Nobody has said this yet.") == "Nobody has said this yet."


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LC_MESSAGES": "ja", "LANG": "de_DE"}, "ja"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": ""}, "en"),
    ],
)
def test_the_language_of_the_machine(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], language: str
) -> None:
    """Told by POSIX's variables; a language that we do not speak is English."""
    monkeypatch.setattr(locale, "getlocale", lambda _: (None, None))
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert translation.of_system() == language


@pytest.mark.parametrize(
    ("name", "language"), [("Japanese_Japan", "ja"), ("English_United States", "en")]
)
def test_the_language_of_windows(monkeypatch: pytest.MonkeyPatch, name: str, language: str) -> None:
    """It has no variables, and calls the languages by their English names."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(locale, "getlocale", lambda _: (name, "932"))
    assert translation.of_system() == language


def test_a_locale_that_python_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it is English."""

    def refuse(_: int) -> tuple[str, str]:
        raise ValueError("unknown locale: qps-ploc")

    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(locale, "getlocale", refuse)
    assert translation.of_system() == "en"


def test_a_file_that_cannot_be_read_does_not_hide_the_help(tmp_path: Path) -> None:
    """The machine's language is spoken, and a command that needs the file tells of it."""
    (tmp_path / ".env").write_bytes("BOT_PERSONA=牡丹".encode("cp932"))
    assert "本番を始めます" in _told(tmp_path, "--help", LC_ALL="ja_JP.UTF-8")


def _told(folder: Path, *words: str, **variables: str) -> str:
    """Return what the program prints, started in a folder of its own."""
    environment = {
        **{name: value for name, value in os.environ.items() if name != "BOT_LANGUAGE"},
        "PYTHONUTF8": "1",
        **variables,
    }
    program = subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding=variables.get("PYTHONIOENCODING", "utf-8"),
        errors="replace",
        check=False,
    )
    return program.stdout + program.stderr


@pytest.mark.parametrize("encoding", ["cp932", "cp1252", "ascii"])
@pytest.mark.parametrize("language", translation.LANGUAGES)
def test_a_terminal_that_lacks_a_letter(tmp_path: Path, language: str, encoding: str) -> None:
    """Nothing fails for it, whatever the language, the terminal's code page, or who is on."""
    (tmp_path / ".env").write_text("BOT_PERSONA=牡丹\n", encoding="utf-8")
    variables = {"PYTHONUTF8": "0", "PYTHONIOENCODING": encoding, "BOT_LANGUAGE": language}
    variables["HOME"] = str(tmp_path)
    for words in (["--help"], ["chat"]):
        told = _told(tmp_path, *words, **variables)
        assert "Traceback" not in told
        assert "UnicodeEncodeError" not in told
        assert "botan" in told or "demo" in told


@pytest.mark.parametrize(
    ("file", "variables"),
    [
        ("BOT_LANGUAGE=ja\n", {"LC_ALL": "C"}),
        ("BOT_LANGUAGE=en\n", {"BOT_LANGUAGE": "ja"}),
        ("", {"LC_ALL": "ja_JP.UTF-8"}),
    ],
    ids=["file", "environment", "machine"],
)
def test_the_terminal_speaks_it(tmp_path: Path, file: str, variables: dict[str, str]) -> None:
    """Also in ``--help``, and of what is wrong in the very file that names the language."""
    (tmp_path / ".env").write_text(f"{file}OBS_PROT=4455\n", encoding="utf-8")
    assert ".env の設定で本番を始めます。" in _told(tmp_path, "--help", **variables)
    told = _told(tmp_path, "run", HOME=str(tmp_path), **variables)
    assert "OBS_PROT という設定はありません。OBS_PORT のことですか？" in told.replace("\n", "")
