"""Everything people and readers reach over HTTP: the published files, and how we are. Nothing here takes an address.

Knows which headers every answer carries; files are web/published.py's.
"""

import re
from collections.abc import Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.published import PublishedFiles

Health = Callable[[], dict[str, object]]
StoryPage = Callable[[str], bytes | str | None]  # an id → its page, the id it now has, or nothing

_STORY_ID = re.compile("[0-9a-f]{16}")
_PAGE_POLICY = "default-src 'none'; img-src https:; style-src 'self'; frame-ancestors 'none'"
_POLICY = f"{_PAGE_POLICY}; sandbox"


def no_stories(name: str) -> None:
    """For an application without a store."""


def create_app(public: Path, health: Health, story_page: StoryPage = no_stories) -> ASGIApp:
    """The ASGI application over the published files in ``public``.

    ``/health`` answers what ``health()`` says as JSON: 200 while its ``status`` is ``ok``, else 503. ``health`` runs
    in a thread and may take its time. ``/story/<id>`` is the page of a story; an id of before leads on to the one of
    now.
    """

    async def answer_health(request: Request) -> Response:
        said = await run_in_threadpool(health)
        status = 200 if said.get("status") == "ok" else 503
        return JSONResponse(said, status, headers={"cache-control": "no-store"})

    async def answer_story(request: Request) -> Response:
        name = request.path_params["name"]
        found = await run_in_threadpool(story_page, name) if _STORY_ID.fullmatch(name) else None
        match found:
            case bytes():
                return Response(found, media_type="text/html; charset=utf-8")
            case str():
                return RedirectResponse(f"/story/{found}", 301)
            case _:
                return PlainTextResponse("no such story\n", 404)

    routes = [
        Route("/health", answer_health),
        Route("/story/{name}", answer_story),
        Mount("/", PublishedFiles(public)),
    ]
    return _Door(Starlette(routes=routes))


class _Door:
    """Lets only readers in, and hands everybody the same protective headers, whatever the answer."""

    def __init__(self, rooms: ASGIApp) -> None:
        self._rooms = rooms

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._rooms(scope, receive, send)
            return

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                is_page = headers.get("content-type", "").startswith("text/html")
                headers["content-security-policy"] = _PAGE_POLICY if is_page else _POLICY
                headers["x-content-type-options"] = "nosniff"
                headers["referrer-policy"] = "no-referrer"
            await send(message)

        if scope["method"] not in ("GET", "HEAD"):
            refusal = PlainTextResponse("only GET and HEAD\n", 405, headers={"allow": "GET, HEAD"})
            await refusal(scope, receive, send_protected)
        else:
            await self._rooms(scope, receive, send_protected)
