"""What can be set of the web server, with the defaults."""

from pydantic import SecretStr

from bot.options import Options, Port


class WebOptions(Options):
    """``WEB_…``: the pages and the scripting face.

    Attributes:
        port: where they are served; 0 takes any free one.
        token: what scripts and pages must bring; made up at each start where none is set.
    """

    port: Port = 8765
    token: SecretStr | None = None
