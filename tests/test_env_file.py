"""Values put into a ``.env`` are read back as they are, and nothing else is touched."""

from pathlib import Path

import pytest
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from bot.env_file import with_values

_EXAMPLE = Path(__file__).parent.parent / ".env.example"
_VALUES = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="'"), max_size=30
).filter(lambda value: value == value.strip() and "${" not in value and "\\" not in value)


@given(_VALUES)
def test_what_is_put_in_is_read_back(tmp_path_factory: pytest.TempPathFactory, value: str) -> None:
    """Whatever signs it has; what stands around it stays."""
    path = tmp_path_factory.mktemp("env") / ".env"
    path.write_text(with_values("# mine\nA=1\nKEY=old\nB=2\n", {"KEY": value}), encoding="utf-8")
    assert dotenv_values(path, interpolate=False) == {"A": "1", "KEY": value, "B": "2"}
    assert path.read_text(encoding="utf-8").startswith("# mine\nA=1\nKEY=")


def test_the_line_that_counts_is_changed() -> None:
    """The last of several, in whatever letters; what is not there comes at the end."""
    text = "key=1\nKEY=2\n# KEY=3\nOTHER=4"
    assert with_values(text, {"KEY": "5", "NEW": "6"}) == "key=1\nKEY=5\n# KEY=3\nOTHER=4\nNEW=6\n"


def test_the_example_is_filled_in() -> None:
    """Where its line stands, below what explains it."""
    text = _EXAMPLE.read_text(encoding="utf-8")
    filled = with_values(text, {"TWITCH_CHANNEL": "hoshino"})
    assert filled == text.replace("\nTWITCH_CHANNEL=\n", "\nTWITCH_CHANNEL=hoshino\n")


@pytest.mark.parametrize("value", ["two\nlines", 'it\'s a "mix"', "a ${b}"])
def test_what_cannot_stand_there_is_refused(value: str) -> None:
    """It would be read as something else."""
    with pytest.raises(ValueError, match=r".+"):
        with_values("", {"KEY": value})
