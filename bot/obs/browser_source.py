"""The browser source in OBS that shows the overlay page. What it does blocks."""

import logging
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from bot.obs.studio import Studio
from bot.translation import tr

log = logging.getLogger(__name__)

KIND = "browser_source"
NAME = "vtuber-bot overlay"


def put_overlay(obs: Studio, scene: str, address: str) -> str:
    """See that a scene shows the overlay, once, and return the source's name.

    One that shows a page at the same path is ours, whatever it is called, and keeps its size, its
    place and what its address says of the look; a new one fills the canvas.

    Raises:
        UnavailableError: OBS is gone, does not answer, or refuses.
        MisconfiguredError: there is no such scene, or the name of the source is taken.
    """
    for name, shown in _overlays(obs, address):
        wanted = urlsplit(address)
        if (shown.scheme, shown.netloc) != (wanted.scheme, wanted.netloc):
            obs.set(name, url=wanted._replace(query=shown.query).geturl())
        if obs.put(scene, name) is not None:
            log.info(
                tr(
                    "Put “{name}”, which was there, into the scene “{scene}” of OBS.",
                    name=name,
                    scene=scene,
                )
            )
        return name
    width, height = obs.canvas
    # An OBS that was there before the bot has found no page: it looks again in the next scene.
    refresh = {"restart_when_active": True}
    # The voice has a channel of its own in the mixer ("Control audio via OBS").
    voice = {"reroute_audio": True}
    size = {"width": width, "height": height}
    obs.make(scene, NAME, KIND, {"url": address, **size, **refresh, **voice})
    log.info(
        tr(
            "Made the browser source “{name}” in the scene “{scene}” of OBS.",
            name=NAME,
            scene=scene,
        )
    )
    return NAME


def overlays(obs: Studio, address: str) -> list[str]:
    """Return the names of the sources that show the overlay, by its path.

    Raises:
        UnavailableError: OBS is gone, does not answer, or refuses.
    """
    return [name for name, _ in _overlays(obs, address)]


def _overlays(obs: Studio, address: str) -> Iterator[tuple[str, SplitResult]]:
    for name, settings in obs.settings_of(KIND):
        shown = urlsplit(str(settings.get("url", "")))
        if shown.path.rstrip("/") == urlsplit(address).path:
            yield name, shown
