"""Settings are read from the environment and ``.env``, and a mistake there is told, not shown."""

import os
import re
from collections import Counter
from pathlib import Path

import pytest

from bot import settings
from bot.errors import MisconfiguredError

_SECRET = "hunter2-hunter2-hunter2"
_EXAMPLE = Path(__file__).parent.parent / ".env.example"


@pytest.fixture(autouse=True)
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, without the settings of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    for key in [*settings.keys(), *settings.Settings.model_fields]:
        monkeypatch.delenv(key, raising=False)
        monkeypatch.delenv(key.upper(), raising=False)
    return tmp_path / ".env"


def refusal() -> str:
    """Return what a person reads, which never holds the secret, nor do the causes of it."""
    with pytest.raises(MisconfiguredError) as caught:
        settings.load()
    error: BaseException | None = caught.value
    while error:
        assert _SECRET not in f"{error}{error!r}"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return str(caught.value)


def test_without_anything_there_are_defaults() -> None:
    """Nothing has to be set, and what is off is off."""
    loaded = settings.load()
    assert loaded == settings.Settings.model_construct()
    assert loaded.bot.persona == "botan"
    assert (loaded.twitch.channel, loaded.youtube.video, loaded.obs.source) == ("", "", "")


def test_every_section_is_read(env: Path) -> None:
    """Keys with one part or several find their place, with blanks and quotes taken off."""
    env.write_text(
        "BOT_PERSONA=wren\nBOT_COMMAND_PREFIX=?\nTWITCH_CLIENT_ID=' abc '\n"
        f'TWITCH_POST_REPLIES=true\nOBS_PASSWORD="{_SECRET}"\nYOUTUBE_VIDEO=@botan\nYOUTUBE_READER=page\nOLLAMA_NUM_CTX=4096\n'
        "OLLAMA_FIRST_TOKEN_TIMEOUT=7.5\nOLLAMA_THINK=high\nOBS_CREATE_SOURCE=true\nobs_port=1\n"
        "WEB_PORT=0\nEMBEDDED_MODEL=models/a.gguf\nOBS_HOST=\n# OBS_LINES=9\n",
        encoding="utf-8",
    )
    loaded = settings.load()
    assert (loaded.bot.persona, loaded.bot.command_prefix) == ("wren", "?")
    assert loaded.twitch.client_id == "abc"
    assert loaded.twitch.post_replies
    assert loaded.obs.password.get_secret_value() == _SECRET
    assert (loaded.youtube.video, loaded.youtube.reader) == ("@botan", "page")
    assert (loaded.ollama.num_ctx, loaded.ollama.first_token_timeout) == (4096, 7.5)
    assert loaded.ollama.think == "high"
    assert (loaded.obs.create_source, loaded.obs.port, loaded.obs.host) == (True, 1, "127.0.0.1")
    assert (loaded.web.port, loaded.embedded.model) == (0, Path("models/a.gguf"))


def test_the_environment_comes_before_the_file(env: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is set for one run wins, but not when it is empty."""
    env.write_text("BOT_PERSONA=wren\nWEB_PORT=1\n", encoding="utf-8")
    monkeypatch.setenv("BOT_PERSONA", "botan")
    monkeypatch.setenv("WEB_PORT", "")
    assert settings.load().bot.persona == "botan"
    assert settings.load().web.port == 1


def test_a_file_saved_by_a_windows_editor(env: Path) -> None:
    """A byte order mark hides no key, and Windows' ends of lines belong to no value."""
    env.write_bytes("\ufeffBOT_PERSONA=wren\r\nWEB_PORT=80\r\n".encode())
    assert (settings.load().bot.persona, settings.load().web.port) == ("wren", 80)


def test_another_encoding_is_named(env: Path) -> None:
    """A file in Shift JIS is refused with the way to save it."""
    env.write_bytes(f"BOT_PERSONA=牡丹\nOBS_PASSWORD={_SECRET}\n".encode("shift_jis"))
    assert "not saved as UTF-8" in refusal()


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        (f"OBS_PASSWRD={_SECRET}", "Did you mean OBS_PASSWORD?"),
        (f"twitch_chanel={_SECRET}", "Did you mean TWITCH_CHANNEL?"),
        (f"XYZZY={_SECRET}", "See .env.example"),
        (f"OBS={_SECRET}", "no setting"),
    ],
)
def test_an_unknown_key_in_the_file_is_named(env: Path, line: str, hint: str) -> None:
    """A typo would be silently without effect: it is refused, with what may have been meant."""
    env.write_text(f"BOT_PERSONA=wren\n{line}\n", encoding="utf-8")
    message = refusal()
    assert line.partition("=")[0] in message
    assert ".env" in message
    assert hint in message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_two_bytes_a_letter_are_no_utf8(env: Path, encoding: str) -> None:
    """As PowerShell saves what it is told to put into a file."""
    env.write_bytes(f"BOT_PERSONA=wren\r\nOBS_PASSWORD={_SECRET}\r\n".encode(encoding))
    assert "not saved as UTF-8" in refusal()


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("TWITCH_CHANNEL: hoshino", "cannot be read"),
        ("TWITCH_CHANNEL", "cannot be read"),
        ("=hoshino", "cannot be read"),
        (f'OBS_PASSWORD="{_SECRET}"room"', "cannot be read"),
        (f'OBS_PASSWORD="{_SECRET}', "cannot be read"),
        (f"OBS_PASSWORD='{_SECRET}'s'", "cannot be read"),
        (r'BOT_DATABASE="C:\Users\aki\v2\new.db"', "BOT_DATABASE .* backslashes"),
        (f'OBS_PASSWORD="{_SECRET}\n"', "OBS_PASSWORD that goes on"),
        (f"OBS_PASSWORD={_SECRET}${{x}}", "OBS_PASSWORD with"),
        (f"OBS_PASSWORD='${{x}}{_SECRET}'", "OBS_PASSWORD with"),
    ],
)
def test_a_line_that_would_be_half_read_is_refused(env: Path, line: str, problem: str) -> None:
    """It is named by its number, and what it says is not told: it may be a secret."""
    env.write_text(f"BOT_PERSONA=wren\n\n# OBS\n\n{line}\nOBS_PORT=4455\n", encoding="utf-8")
    assert re.match(f"Line 5 of .env .*{problem}", refusal())


@pytest.mark.parametrize(
    "line",
    [
        r"BOT_DATABASE=C:\Users\aki\v2\new.db",
        r"BOT_DATABASE='C:\Users\aki\v2\new.db'",
        r'BOT_DATABASE="C:\\Users\\aki\\v2\\new.db"',
    ],
)
def test_a_path_of_windows_stays_as_it_is(env: Path, line: str) -> None:
    """Without quotes, in single ones, or with the backslashes doubled."""
    env.write_text(f"{line}\n", encoding="utf-8")
    assert settings.load().bot.database == Path(r"C:\Users\aki\v2\new.db")


@pytest.mark.parametrize(
    "secret", ["pa$$word", "a$b", "it's", 'lamp"room', "a#b", "{x}", "100%", "a\\b"]
)
def test_a_secret_may_hold_what_others_make_much_of(env: Path, secret: str) -> None:
    """Signs that mean something elsewhere stay in a value that stands without quotes."""
    env.write_text(f"OBS_PASSWORD={secret}\n", encoding="utf-8")
    assert settings.load().obs.password.get_secret_value() == secret


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("OBS_PORT", "a whole number is wanted from 0 to 65535. Without it: 4455."),
        ("OLLAMA_NUM_CTX", "a whole number is wanted of at least 1024. Without it: 8192."),
        ("OLLAMA_THINK", "one of these is wanted: low, medium, high."),
        ("YOUTUBE_READER", "one of these is wanted: auto, pytchat, page, api. Without it: auto."),
        ("OBS_CREATE_SOURCE", "true or false is wanted. Without it: false."),
        ("OLLAMA_CONNECT_TIMEOUT", "a number is wanted above 0. Without it: 5."),
        ("BOT_COMMAND_PREFIX", "one to three signs are wanted"),
        ("BOT_COMMAND_WORDS", "write a command"),
        ("BOT_APPROVE", "one of these is wanted: off, newcomers, all. Without it: off."),
    ],
)
def test_a_wrong_value_is_told_by_its_key_alone(
    env: Path, monkeypatch: pytest.MonkeyPatch, key: str, told: str
) -> None:
    """From the file and from the environment: what was put there may be a secret pasted amiss."""
    env.write_text(f"{key}={_SECRET}\n", encoding="utf-8")
    assert key in refusal()
    assert told in refusal()
    env.unlink()
    monkeypatch.setenv(key, _SECRET)
    assert key in refusal()


@pytest.mark.parametrize(
    ("key", "value"),
    [("OBS_PORT", "65536"), ("WEB_PORT", "-1"), ("OLLAMA_NUM_CTX", "5"), ("OBS_LINES", "0")],
)
def test_a_value_out_of_range_is_told(
    monkeypatch: pytest.MonkeyPatch, key: str, value: str
) -> None:
    """The message says where it stands, what it is, and the limit."""
    monkeypatch.setenv(key, value)
    message = refusal()
    assert message.startswith(f"{key} (set in the environment) is “{value}”: a whole number is")
    assert " from " in message or " at least " in message


def test_all_that_is_wrong_is_told_at_once(env: Path) -> None:
    """In the order of the file, each by its line; what was pasted amiss is not repeated."""
    env.write_text(
        f"WEB_PORT=abc\nOBS_PROT=1\n\nOLLAMA_HOST=not a url\nOBS_HOST=studio\nOBS_LINES={_SECRET}\n"
        "TWITCH_CHANNEL=https://www.youtube.com/@botan\nYOUTUBE_VIDEO=twitch.tv/botan\n"
        "OLLAMA_FIRST_TOKEN_TIMEOUT=0\nGUARD_TIMEOUT=61\n",
        encoding="utf-8",
    )
    heading, *faults = refusal().splitlines()
    assert heading == f"8 settings are wrong; the file is {env}:"
    beginnings = [
        "WEB_PORT (line 1 of .env) is “abc”: a whole number is wanted from 0 to 65535. Without",
        "Line 2 of .env has OBS_PROT, which is no setting. Did you mean OBS_PORT?",
        "OLLAMA_HOST (line 4 of .env) is “not a url”: an address is wanted, such as http://127.",
        "OBS_LINES (line 6 of .env): a whole number is wanted from 1 to 20. Without it: 4.",
        "TWITCH_CHANNEL (line 7 of .env): that is an address of YouTube's: it belongs into YOUT",
        "YOUTUBE_VIDEO (line 8 of .env): that is an address of Twitch's: it belongs into TWITCH",
        "OLLAMA_FIRST_TOKEN_TIMEOUT (line 9 of .env) is “0”: a number is wanted above 0. Without",
        "GUARD_TIMEOUT (line 10 of .env) is “61”: a number is wanted above 0, up to 60. Without",
    ]
    for fault, beginning in zip(faults, beginnings, strict=True):
        assert fault.startswith(f"- {beginning}")


def test_a_file_that_cannot_be_read_is_named(env: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With where it lies, and why."""
    env.write_text("WEB_PORT=1\n", encoding="utf-8")

    def refuse(_: Path, **_how: str) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", refuse)
    assert refusal() == f"{env} cannot be read: Permission denied."


def test_a_folder_in_place_of_the_file_is_harmless(env: Path) -> None:
    """It holds no settings."""
    env.mkdir()
    assert settings.load().web.port == 8765


@pytest.mark.parametrize(
    "host",
    ["http://[::1]:11434", "studio", "192.168.0.9", ":11434", "https://a.example/ollama/", "a:1"],
)
def test_an_address_may_be_written_in_many_ways(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    """As Ollama itself takes them."""
    monkeypatch.setenv("OLLAMA_HOST", host)
    assert settings.load().ollama.host == host


@pytest.mark.skipif(os.name == "nt", reason="on Windows the folder decides")
def test_a_file_that_others_can_read_is_told(env: Path, caplog: pytest.LogCaptureFixture) -> None:
    """With what mends it; once it is mended, nothing is said."""
    env.write_text(f"OBS_PASSWORD={_SECRET}\n", encoding="utf-8")
    env.chmod(0o640)
    settings.load()
    assert "chmod 600 .env" in caplog.text
    caplog.clear()
    env.chmod(0o600)
    settings.load()
    assert caplog.text == ""


def test_secrets_are_not_shown(env: Path) -> None:
    """Neither ``repr`` nor ``str`` of the settings tells them."""
    keys = ["OBS_PASSWORD", "WEB_TOKEN", "YOUTUBE_API_KEY"]
    env.write_text("".join(f"{key}={_SECRET}\n" for key in keys), encoding="utf-8")
    assert _SECRET not in f"{settings.load()!r}{settings.load()}"


@pytest.mark.parametrize(
    ("sound", "told"),
    [("chime.txt", "it has to be a sound: .m4a, .mp3"), ("nowhere.mp3", "there is no such file")],
)
def test_a_sound_that_is_none(monkeypatch: pytest.MonkeyPatch, sound: str, told: str) -> None:
    """It is found out at the start, not when somebody has paid."""
    monkeypatch.setenv("WEB_SOUND", sound)
    assert told in refusal()


@pytest.mark.parametrize("secret", ['{"a": 1}', "[", "123", "null", "pa ss"])
def test_a_secret_may_look_like_json(monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    """It is taken as it is."""
    monkeypatch.setenv("OBS_PASSWORD", secret)
    monkeypatch.setenv("WEB_TOKEN", secret.ljust(16, "."))
    loaded = settings.load()
    assert loaded.web.token
    assert loaded.obs.password.get_secret_value() == secret
    assert loaded.web.token.get_secret_value() == secret.ljust(16, ".")


def test_a_token_that_could_be_guessed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """With how long one has to be, and not with the token."""
    monkeypatch.setenv("WEB_TOKEN", "letmein-letmein")
    told = refusal()
    assert "WEB_TOKEN" in told
    assert "fewer than 16 characters" in told
    assert "letmein" not in told


def test_variables_of_other_programs_are_harmless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ollama's own server and others have variables that begin like ours."""
    for key in ["OLLAMA_MODELS", "OLLAMA_DEBUG", "WEB_CONCURRENCY", "TWITCH_", "OBS_X_Y", "BOTTLE"]:
        monkeypatch.setenv(key, _SECRET)
    assert settings.load() == settings.Settings.model_construct()


@pytest.mark.parametrize("value", [_SECRET, "1"])
def test_a_variable_named_like_a_section_is_named(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    """It cannot be told apart from settings, so a person hears which one to unset."""
    monkeypatch.setenv("OBS", value)
    assert "OBS" in refusal().upper()


def test_the_example_lists_every_key_once() -> None:
    """``.env.example`` names each setting, and copied as it is it changes none."""
    lines = _EXAMPLE.read_text(encoding="utf-8").splitlines()
    named = Counter(
        line.partition("=")[0].lstrip("# ")
        for line in lines
        if line.partition("=")[1] and line.partition("=")[0].lstrip("# ").isupper()
    )
    assert named == Counter(settings.keys())


def test_the_example_changes_nothing(env: Path) -> None:
    """Copied as it is, it is valid and leaves every default as it was."""
    env.write_bytes(_EXAMPLE.read_bytes())
    assert settings.load() == settings.Settings.model_construct()
