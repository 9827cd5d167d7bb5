"""A comment that was read through the page and through the API is known to be the same."""

import base64

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.youtube.ids import canonical_id


@pytest.mark.parametrize(
    ("page", "api", "inner"),
    [
        (
            "ChwKGkNMdnAyS191a0pRREZRZmVQd1FkN0tNbGVR",
            "LCC.EhwKGkNMdnAyS191a0pRREZRZmVQd1FkN0tNbGVR",
            "CLvp2K_ukJQDFQfePwQd7KMleQ",
        ),
        (
            "ChwKGkNNNlVwckh1a0pRREZVcm5Qd1FkR2FVM1Fn",
            "LCC.EhwKGkNNNlVwckh1a0pRREZVcm5Qd1FkR2FVM1Fn",
            "CM6UprHukJQDFUrnPwQdGaU3Qg",
        ),
    ],
)
def test_the_same_comment_has_the_same_id(page: str, api: str, inner: str) -> None:
    """These ids belong to two comments that somebody read both ways."""
    assert canonical_id(page) == canonical_id(api) == inner


def _wrapped(*fields: tuple[int, bytes]) -> bytes:
    return b"".join(bytes([number << 3 | 2, len(value)]) + value for number, value in fields)


_SERVERS, _CLIENTS = b"CLG1oe735f0CFVHCwgQdkq0Elg", b"CNmyuoX35f0CFdukYwYdPeMAFg0"


def test_ids_with_more_in_them() -> None:
    """Some ids also hold the chat or the writer's own id of the message, and are url-quoted."""
    both = _wrapped((1, _SERVERS), (2, _CLIENTS))
    page = base64.b64encode(_wrapped((1, both)), b"-_").decode()
    assert "=" in page
    api = (
        "LCC.CikqJwoYVUNrRGIxdGxnaFVTZzNsRVZWSmRmbGtBEgtMWDdVWWtoWHVISRI5ChpDTEcxb2U3MzVmMENGVkhD"
        "d2dRZGtxMEVsZxIbQ05teXVvWDM1ZjBDRmR1a1l3WWRQZU1BRmcw"
    )
    assert canonical_id(page.replace("=", "%3D")) == canonical_id(page) == _SERVERS.decode()
    assert canonical_id(api) == _SERVERS.decode()


@given(
    st.text()
    | st.text(alphabet="ABCDEFGHkKw018-_=%.", max_size=40)
    | st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode())
)
@example("LCC.")
@example("LCC.CikqJ")
@example("dummy_id")
@example("CLvp2K_ukJQDFQfePwQd7KMleQ")
def test_any_id_has_a_canonical_one(comment_id: str) -> None:
    """Whatever YouTube sends as an id, there is one; what was made canonical stays as it is."""
    once = canonical_id(comment_id)
    assert once == comment_id or once in _decoded(comment_id)
    assert canonical_id(once) == once


def _decoded(comment_id: str) -> str:
    raw = comment_id.removeprefix("LCC.").rstrip("=")
    return base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4)).decode("latin-1")
