"""A connection to OBS through obsws-python, which blocks: for a thread of its own.

The requests are those of the obs-websocket 5 protocol:
https://github.com/obsproject/obs-websocket/blob/master/docs/generated/protocol.md
"""

import json
import logging
from itertools import count
from typing import Any

from obsws_python.baseclient import ObsClient
from obsws_python.error import OBSSDKError, OBSSDKTimeoutError
from websocket import WebSocketAddressException, WebSocketException, WebSocketTimeoutException

from bot.errors import MisconfiguredError, UnavailableError
from bot.obs.options import ObsOptions
from bot.translation import tr

# It logs the password at INFO, and a traceback for each error that we put into words.
logging.getLogger("obsws_python").setLevel(logging.CRITICAL + 1)

_TIMEOUT = 1.5
_GARBAGE = (ValueError, LookupError, TypeError)
_SILENT = (OBSSDKTimeoutError, WebSocketTimeoutException, TimeoutError)


class RequestRefusedError(UnavailableError):
    """OBS has answered a request with a ``code`` that is not success."""

    NOT_FOUND = 600
    EXISTS = 601

    def __init__(self, request: str, status: dict[str, Any]) -> None:
        self.code: int = status["code"]
        reason = status.get("comment", tr("code {code}", code=self.code))
        super().__init__(
            tr("OBS refuses the request {request}: {reason}", request=request, reason=reason)
        )


class ObsConnection:
    """Let in by OBS, or else not there.

    After any error but a refusal it must be closed: obsws-python would take the late answer to
    one request for the answer to the next.
    """

    def __init__(self, options: ObsOptions) -> None:
        """Connect.

        Raises:
            UnavailableError: OBS is not running, or does not answer.
            MisconfiguredError: the password or the host is wrong.
        """
        host, port = options.host, options.port
        self._address = f"{host}:{port}"
        try:
            password = options.password.get_secret_value()
            self._client = _Client(host=host, port=port, password=password)
        except OBSSDKError as error:
            raise MisconfiguredError(
                tr(
                    "OBS at {address} does not take the password. Set OBS_PASSWORD to the one"
                    " that OBS shows under Tools → WebSocket Server Settings → Show Connect"
                    " Info.",
                    address=self._address,
                )
            ) from error
        except _SILENT as error:
            raise self._hung() from error
        except ConnectionRefusedError as error:
            raise UnavailableError(
                tr(
                    "OBS is not running, or its WebSocket server is off: nothing listens at"
                    " {address}. Start OBS, and tick Tools → WebSocket Server Settings →"
                    " Enable WebSocket server.",
                    address=self._address,
                )
            ) from error
        except WebSocketAddressException as error:
            raise MisconfiguredError(
                tr(
                    "There is no machine named {host}. Set OBS_HOST to the one where OBS runs,"
                    " or to 127.0.0.1 if it is this one.",
                    host=host,
                )
            ) from error
        # Any program may be what answers at that port, and obsws-python takes it for OBS.
        except (OSError, WebSocketException, *_GARBAGE) as error:
            raise self._no_obs(error) from error

    def request(self, request: str, **data: object) -> dict[str, Any]:
        """Return what OBS answers.

        Raises:
            RequestRefusedError: OBS says no.
            UnavailableError: OBS is gone, or does not answer.
        """
        try:
            answer = self._client.ask(request, data)
            status = answer["requestStatus"]
            if not status["result"]:
                raise RequestRefusedError(request, status)
            return dict(answer.get("responseData", {}))
        except _SILENT as error:
            raise self._hung() from error
        except (OSError, WebSocketException) as error:
            raise UnavailableError(
                tr(
                    "OBS at {address} has closed the connection: it was ended, or it crashed."
                    " The text comes back when OBS does.",
                    address=self._address,
                )
            ) from error
        except _GARBAGE as error:
            raise self._no_obs(error) from error

    def close(self) -> None:
        """Drop the connection at once."""
        self._client.close()

    def _no_obs(self, error: Exception) -> UnavailableError:
        return UnavailableError(
            tr(
                "What answers at {address} does not speak like OBS ({kind}). If this goes on,"
                " set OBS_PORT to what OBS shows under Tools → WebSocket Server Settings.",
                address=self._address,
                kind=type(error).__name__,
            )
        )

    def _hung(self) -> UnavailableError:
        return UnavailableError(
            tr(
                "OBS at {address} takes the connection and does not answer. If its window does"
                " not react either, restart OBS.",
                address=self._address,
            )
        )


class _Client(ObsClient):  # type: ignore[misc]  # it ships no types
    """Closes its socket where it is not let in, and takes no answer for another's.

    The library's own ``ReqClient`` leaves the one open, and does not look at the other's id.
    """

    def __init__(self, *, host: str, port: int, password: str) -> None:
        self._numbers = count(1)
        try:
            # Without host, port and password it would look for a config.toml.
            super().__init__(host=host, port=port, password=password, timeout=_TIMEOUT)
            self.authenticate()
        except BaseException:
            self.close()
            raise

    def ask(self, request: str, data: dict[str, Any]) -> dict[str, Any]:
        number = str(next(self._numbers))
        asked = {"requestType": request, "requestId": number, "requestData": data}
        self.ws.send(json.dumps({"op": 6, "d": asked}))
        raw = self.ws.recv()
        if not raw:  # a close in good order
            raise ConnectionError
        answer: dict[str, Any] = json.loads(raw)["d"]
        if answer["requestId"] != number:
            raise ValueError(answer["requestId"])
        return answer

    def close(self) -> None:
        self.ws.shutdown()  # a polite close waits three seconds for an answer
