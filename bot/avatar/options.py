"""What can be set of VTube Studio, with the defaults."""

from bot.options import Options, Port, Text


class VtsOptions(Options):
    """``VTS_…``: on where ``VTS_ENABLED`` is true.

    Attributes:
        enabled: whether the character moves a model there.
        host: where VTube Studio runs.
        port: of its plugin API.
        mouth: the parameter that opens the mouth, from 0 to 1.
    """

    enabled: bool = False
    host: Text = "127.0.0.1"
    port: Port = 8001
    mouth: Text = "MouthOpen"
