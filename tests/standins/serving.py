"""What all stand-ins are served by."""

from typing import Any

from aiohttp import web


async def serve(app: web.Application, port: int = 0, **options: Any) -> web.AppRunner:
    """Serve an app on loopback, at a free port where none is given.

    Args:
        app: what is served.
        port: where.
        options: those of ``web.AppRunner``, beside the short shutdown that tests want.

    Returns:
        What has to be cleaned up in the end; it knows the address.
    """
    runner = web.AppRunner(app, access_log=None, **{"shutdown_timeout": 0.1, **options})
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner
