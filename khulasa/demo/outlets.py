"""The newsroom: invented outlets served over HTTP on loopback, each with its own way of answering."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from importlib import resources

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

_FILES = resources.files("khulasa.demo") / "newsroom"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """One outlet, as ``outlets.toml`` describes it."""

    id: str
    title: str
    country: str
    category: str | None = None
    document: str | None = None
    later: str | None = None
    charset: str = "utf-8"
    says: str = "text/xml"
    etag: bool = False
    status: int = 200

    def body(self, *, is_later: bool) -> bytes:
        """The document's bytes as they are served."""
        name = self.later if is_later and self.later else self.document
        if name is None:
            return b""
        return (_FILES / "documents" / name).read_text(encoding="utf-8").encode(self.charset)


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsroom:
    """All outlets, and the two moments at which they are visited."""

    moment: datetime
    later: datetime
    outlets: tuple[Outlet, ...]


def newsroom() -> Newsroom:
    """The bundled newsroom."""
    table = tomllib.loads((_FILES / "outlets.toml").read_text(encoding="utf-8"))
    moment, later = table.pop("moment"), table.pop("later")
    return Newsroom(moment=moment, later=later, outlets=tuple(Outlet(id=name, **row) for name, row in table.items()))


class NewsroomSite:
    """The newsroom over HTTP: ``/<outlet>/feed``. ``is_later`` turns the clock to the second visit."""

    def __init__(self, room: Newsroom) -> None:
        self._outlets: Mapping[str, Outlet] = {outlet.id: outlet for outlet in room.outlets}
        self.is_later = False
        self.app = Starlette(routes=[Route("/{outlet}/feed", self._answer)])

    def _answer(self, request: Request) -> Response:
        outlet = self._outlets.get(request.path_params["outlet"])
        if outlet is None:
            return PlainTextResponse("no such outlet", status_code=404)
        if outlet.status != 200:
            return PlainTextResponse("out of order", status_code=outlet.status)
        body = outlet.body(is_later=self.is_later)
        headers = {"Content-Type": outlet.says}
        if outlet.etag:
            headers["ETag"] = f'"{sha256(body).hexdigest()[:16]}"'
            if request.headers.get("If-None-Match") == headers["ETag"]:
                return Response(status_code=304, headers={"ETag": headers["ETag"]})
        return Response(body, headers=headers)
