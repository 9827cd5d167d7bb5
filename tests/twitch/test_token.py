"""The sign-in at Twitch is kept in a file that only its owner reads, and that is always whole."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.errors import MisconfiguredError
from bot.twitch.token import Token, TokenFile

_WRITER = """
import itertools, sys
from pathlib import Path
from pydantic import SecretStr
from bot.twitch.token import Token, TokenFile

file = TokenFile(Path(sys.argv[1]))
for number in itertools.count():
    secret = SecretStr(f"{number}-" * 2000)
    file.save(Token(client_id="c", access_token=secret, refresh_token=secret, user_id="1",
                    login="bot", scopes=("user:read:chat",)))
    if number == 0:
        print("writing", flush=True)
"""


def token(access: str = "an-access-token") -> Token:
    """Return a sign-in."""
    return Token(
        client_id="abc",
        access_token=SecretStr(access),
        refresh_token=SecretStr("a-refresh-token"),
        user_id="200",
        login="hoshino_bot",
        scopes=("user:read:chat",),
    )


def test_what_is_kept_is_what_was_given(tmp_path: Path) -> None:
    """Saved, loaded and saved over; the folder is made, and nothing else is left in it."""
    file = TokenFile(tmp_path / "data" / "twitch.json")
    for one in (token(), token("another")):
        file.save(one)
        assert file.load() == one
    assert list(file.path.parent.iterdir()) == [file.path]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such modes; nothing to do")
def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    """Also where the file that it replaces could be read by all."""
    file = TokenFile(tmp_path / "twitch.json")
    file.path.write_text("{}", encoding="utf-8")
    file.path.chmod(0o644)
    file.save(token())
    assert file.path.stat().st_mode & 0o777 == 0o600


def test_it_is_not_shown() -> None:
    """Neither ``repr`` nor ``str`` tells the tokens."""
    assert "access-token" not in f"{token()!r}{token()}"
    assert "refresh-token" not in f"{token()!r}{token()}"


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"access_token": "hunter2"}', b"\x00" * 99],
)
def test_a_damaged_file_is_told(tmp_path: Path, content: bytes) -> None:
    """In one line, with the way out, and without what stands in it."""
    file = TokenFile(tmp_path / "twitch.json")
    file.path.write_bytes(content)
    with pytest.raises(
        MisconfiguredError, match="damaged: run `vtuber-bot login twitch`"
    ) as caught:
        file.load()
    assert "hunter2" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_what_cannot_be_read_or_removed_is_told(tmp_path: Path) -> None:
    """A folder stands where the file should be."""
    file = TokenFile(tmp_path)
    with pytest.raises(MisconfiguredError, match="cannot be read"):
        file.load()
    with pytest.raises(MisconfiguredError, match="cannot be removed"):
        file.remove()
    with pytest.raises(MisconfiguredError, match="cannot be written"):
        file.save(token())


def test_a_file_that_a_scanner_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows lets nobody replace it meanwhile: it is tried again, and nothing stays beside it."""
    file = TokenFile(tmp_path / "twitch.json")
    file.save(token())
    replace, held = Path.replace, [3]

    def refuse(path: Path, target: Path) -> Path:
        if held[0]:
            held[0] -= 1
            raise PermissionError(13, "The process cannot access the file")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", refuse)
    file.save(token("another"))
    assert file.load() == token("another")
    held[0] = 99
    with pytest.raises(MisconfiguredError, match="cannot be written"):
        file.save(token("a third"))
    assert file.load() == token("another")
    assert list(tmp_path.iterdir()) == [file.path]


def test_removing_what_is_not_there(tmp_path: Path) -> None:
    """That is no error."""
    TokenFile(tmp_path / "twitch.json").remove()


@pytest.mark.slow
def test_a_killed_writer_leaves_it_whole(tmp_path: Path) -> None:
    """Whenever the program is killed, the file holds one sign-in, whole."""
    path = tmp_path / "twitch.json"
    for delay in (0.0, 0.003, 0.007, 0.02):
        with subprocess.Popen(
            [sys.executable, "-c", _WRITER, path],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        ) as writer:
            assert writer.stdout
            assert writer.stdout.readline() == b"writing\n"
            time.sleep(delay)  # so that it is killed at another point each time
            writer.kill()
        kept = TokenFile(path).load()
        number = kept.access_token.get_secret_value().partition("-")[0]
        assert kept.access_token.get_secret_value() == f"{number}-" * 2000
        assert kept.access_token == kept.refresh_token
