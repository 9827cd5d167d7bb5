"""The bot's web server: overlay, panel, and the scripting face."""

import logging
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from http import HTTPStatus
from pathlib import Path

from aiohttp import web

from bot.clock import Clock
from bot.files import shipped
from bot.translation import tr, used
from bot.web.api import Api
from bot.web.door import Door, desk, is_at_desk
from bot.web.faces import FILES as FACES
from bot.web.faces import Faces
from bot.web.listening import Listening
from bot.web.local import LocalSource, Posted
from bot.web.mailbox import BODY_LIMIT, Mailbox
from bot.web.options import SOUNDS, WebOptions
from bot.web.security import OVERLAY, refusal, same_host, secure_headers, unauthorised
from bot.web.set_up import SetUp
from bot.web.sse import Feed
from bot.web.themes import FILES, Themes

log = logging.getLogger(__name__)

_DESK = r"/desk-{port:\d+}"
_SET_UP = "/setup"
_PAGES = shipped("overlays")
_CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
"""Said by us: the system's own table (on Windows, the registry) may call a script plain text, and
browsers run no module that is called so."""


class Web:
    """The routes.

    Args:
        audience: the feed of what viewers see; open to every program that can reach it.
        backstage: the feed that is for the streamer only.
        local: where posted comments go.
        door: who may post, and read the backstage feed.
        themes: how the overlay can look.
        options: where all this is served.
        clock: the time in which a comment has to come.
        sounds: what sentences sound like, by name.
        faces: what characters look like.
        mailbox: reads what is posted.
        api: what scripts may ask and order.
        set_up: what the set-up page may.
    """

    def __init__(
        self,
        *,
        audience: Feed,
        backstage: Feed,
        local: LocalSource,
        door: Door,
        themes: Themes,
        options: WebOptions,
        clock: Clock,
        sounds: Mapping[str, bytes] | None = None,
        faces: Faces | None = None,
        mailbox: Mailbox,
        api: Api | None = None,
        set_up: SetUp | None = None,
    ) -> None:
        self._faces = faces or Faces()
        self._sounds = {} if sounds is None else sounds
        self._audience = audience
        self._backstage = backstage
        self._local = local
        self._door = door
        self._themes = themes
        self._options = options
        self._mailbox = mailbox
        app = web.Application(
            middlewares=[same_host(is_public=options.is_public)], client_max_size=BODY_LIMIT
        )
        app.on_response_prepare.append(secure_headers(options.pictures))
        app.on_shutdown.append(self._end_feeds)
        app.add_routes(
            [
                web.get("/", self._enter),
                web.get("/chat", self._enter),  # which the panel was once called
                web.get("/start", self._page),
                web.get(OVERLAY, self._page),
                web.get(f"{OVERLAY}/edit", self._edit),
                web.get("/themes", self._list_themes),
                web.get("/themes/{theme}", self._theme),
                web.get("/themes/{theme}/{file}", self._theme_file),
                web.get("/avatar", self._page),
                web.get("/faces/{name}", self._face),
                web.get("/faces/{name}/{file}", self._face_file),
                web.get("/sound", self._sound),
                web.get("/voice/{name}", self._voice),
                web.get("/api/events", self._audience.serve, allow_head=False),
                web.get("/api/backstage", self._serve_backstage, allow_head=False),
                web.post("/api/comments", self._post),
                web.get(_DESK + "/", self._desk),
                web.get(_DESK + "/api/backstage", self._serve_backstage, allow_head=False),
                web.post(_DESK + "/api/comments", self._post),
                web.get(r"/static/{name:\w+\.(?:css|js|svg)}", self._static),
            ]
        )
        if api:
            app.add_routes([*api.routes(), *api.routes(_DESK)])
        if set_up:
            app.add_routes(
                [
                    web.get(_SET_UP, self._enter),
                    web.get(_DESK + _SET_UP, self._desk_set_up),
                    *set_up.routes(_DESK),
                ]
            )
        self._listening = Listening(app, options, clock)

    def serving(self, port: int) -> AbstractAsyncContextManager[int]:
        """Serve while the context is open; see ``Listening.at``."""
        return self._listening.at(port)

    async def _end_feeds(self, _app: web.Application) -> None:
        self._audience.close()
        self._backstage.close()

    async def _enter(self, request: web.Request) -> web.StreamResponse:
        """Let the streamer in, and lead everybody to the desk, which is where the cookie goes."""
        query = request.query
        page = _SET_UP if request.path == _SET_UP else "/"
        if "token" in query or "code" in query:
            # Both leave the address at once, so that a shared screen does not show them.
            if await self._door.lets_in(token=query.get("token"), code=query.get("code")):
                redirect = web.HTTPFound(f"{desk(request)}{page}")
                self._door.sign_in(request, redirect)
                raise redirect
            # A link with a wrong one, which anybody can offer, must not sign the streamer out.
            raise web.HTTPFound(page)
        raise web.HTTPFound(f"{desk(request)}{page}")

    async def _page(self, request: web.Request) -> web.StreamResponse:
        return _html(request.path.strip("/"))

    async def _edit(self, _: web.Request) -> web.StreamResponse:
        return _html("edit")

    async def _desk(self, request: web.Request) -> web.StreamResponse:
        if not is_at_desk(request):
            raise web.HTTPNotFound
        return _html("panel")

    async def _desk_set_up(self, request: web.Request) -> web.StreamResponse:
        if not is_at_desk(request):
            raise web.HTTPNotFound
        return _html("setup")

    async def _static(self, request: web.Request) -> web.StreamResponse:
        return _file(_PAGES / request.match_info["name"])

    async def _sound(self, _: web.Request) -> web.StreamResponse:
        if self._options.sound is None:
            raise web.HTTPNotFound
        kind = SOUNDS[self._options.sound.suffix.lower()]
        return web.FileResponse(self._options.sound, headers={"Content-Type": kind})

    async def _voice(self, request: web.Request) -> web.StreamResponse:
        sound = self._sounds.get(request.match_info["name"])
        if sound is None:
            raise web.HTTPNotFound
        return web.Response(body=sound, content_type="audio/wav")

    async def _face(self, request: web.Request) -> web.Response:
        return web.json_response(self._faces.offer(request.match_info["name"]))

    async def _face_file(self, request: web.Request) -> web.StreamResponse:
        file = request.match_info["file"]
        folder = self._faces.folder(request.match_info["name"])
        if folder is None or not FACES.fullmatch(file) or not (folder / file).is_file():
            raise web.HTTPNotFound
        return _file(folder / file)

    async def _list_themes(self, _: web.Request) -> web.Response:
        offered = (self._themes.offer(name) for name in self._themes.names())
        return web.json_response(
            [
                {"name": theme.name, **theme.options.model_dump(include={"title", "title_ja"})}
                for theme, problem in offered
                if not problem
            ]
        )

    async def _theme(self, request: web.Request) -> web.Response:
        theme, problem = self._themes.offer(request.match_info["theme"])
        options = theme.options.model_dump(include={"place", "comments"})
        return web.json_response(
            {"name": theme.name, "html": theme.html, **options, "problem": problem}
        )

    async def _theme_file(self, request: web.Request) -> web.StreamResponse:
        theme, problem = self._themes.offer(request.match_info["theme"])
        name = request.match_info["file"]
        path = theme.folder / name
        if problem or not FILES.fullmatch(name) or not path.is_file():
            raise web.HTTPNotFound
        return _file(path)

    async def _serve_backstage(self, request: web.Request) -> web.StreamResponse:
        if not await self._door.is_open_to(request):
            return unauthorised()
        return await self._backstage.serve(request)

    async def _post(self, request: web.Request) -> web.Response:
        if not await self._door.is_open_to(request):
            return unauthorised()
        posted = await self._mailbox.take(request, Posted, '{"author": "taro", "text": "hi"}')
        if isinstance(posted, web.Response):
            return posted
        comment = self._local.post(posted)
        if comment is None:
            return refusal(HTTPStatus.SERVICE_UNAVAILABLE, tr("The show has not begun yet."))
        return web.json_response({"id": comment.id}, status=HTTPStatus.ACCEPTED)


def _html(name: str) -> web.Response:
    """Return a page, which is told in which language it is to speak."""
    page = (_PAGES / f"{name}.html").read_text(encoding="utf-8")
    told = page.replace('lang="en"', f'lang="{used()}"', 1)
    return web.Response(text=told, content_type="text/html")


def _file(path: Path) -> web.FileResponse:
    return web.FileResponse(path, headers={"Content-Type": _CONTENT_TYPES[path.suffix]})
