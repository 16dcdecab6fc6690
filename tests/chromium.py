"""A real browser, driven over its debugging protocol: what a page looks like on a telephone and on a desk."""

import asyncio
import base64
import re
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.programs import program

PATIENCE = 60.0  # seconds for the browser to start, and for a page to load
_LISTENING = re.compile(rb"DevTools listening on (ws://\S+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A page as the browser shows it. Lengths in CSS pixels."""

    width: int  # of what it shows; wider than the window: it must be scrolled sideways
    complaints: tuple[str, ...]  # what the browser logged: what a policy refused, what was not found
    said: Any  # the value of the expression that was asked
    picture: bytes  # PNG


@asynccontextmanager
async def chromium() -> AsyncIterator["Browser"]:
    with tempfile.TemporaryDirectory() as home:
        process = await asyncio.create_subprocess_exec(
            program("chromium"),
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions",
            "--disable-background-networking", "--no-first-run", f"--user-data-dir={home}/profile",
            "--remote-debugging-port=0", "about:blank",
            stderr=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL,
            env={"HOME": home, "PATH": "/usr/bin:/bin"},
        )  # fmt: skip
        assert process.stderr is not None
        draining = None
        try:
            async with asyncio.timeout(PATIENCE):
                while (found := _LISTENING.search(line := await process.stderr.readline())) is None:
                    assert line, "chromium ended"
            draining = asyncio.create_task(process.stderr.read())
            async with (
                aiohttp.ClientSession() as session,
                session.ws_connect(found[1].decode(), max_msg_size=0) as line_,
            ):
                yield Browser(line_)
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()
            if draining is not None:
                await draining


class Browser:
    def __init__(self, line: aiohttp.ClientWebSocketResponse) -> None:
        self._line = line
        self._asked = 0

    async def see(self, url: str, *, width: int, height: int = 900, dark: bool = False, ask: str = "null") -> Seen:
        """Load ``url`` in a window of this size, and evaluate the JavaScript expression ``ask`` there."""
        async with asyncio.timeout(PATIENCE):
            target = (await self._call("Target.createTarget", {"url": "about:blank"}))["targetId"]
            session = (await self._call("Target.attachToTarget", {"targetId": target, "flatten": True}))["sessionId"]
            happened: list[dict[str, Any]] = []

            async def call(method: str, **given: Any) -> Any:
                return await self._call(method, given, session, happened)

            size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
            await call("Emulation.setDeviceMetricsOverride", **size)
            scheme = "dark" if dark else "light"
            await call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            for domain in ("Page", "Log", "Runtime"):
                await call(f"{domain}.enable")
            await call("Page.navigate", url=url)
            while not any(event["method"] == "Page.loadEventFired" for event in happened):
                happened.append(await self._line.receive_json())
            asked = f"[document.documentElement.scrollWidth, {ask}]"
            shown, said = (await call("Runtime.evaluate", expression=asked, returnByValue=True))["result"]["value"]
            picture = (await call("Page.captureScreenshot", format="png"))["data"]
            await self._call("Target.closeTarget", {"targetId": target})
        entries = [event["params"]["entry"] for event in happened if event["method"] == "Log.entryAdded"]
        complaints = tuple(f"{entry['text']} {entry.get('url', '')}" for entry in entries)
        return Seen(width=shown, complaints=complaints, said=said, picture=base64.b64decode(picture))

    async def _call(
        self,
        method: str,
        given: dict[str, Any],
        session: str | None = None,
        happened: list[dict[str, Any]] | None = None,
    ) -> Any:
        """What the browser answers; what it tells meanwhile goes to ``happened``."""
        self._asked += 1
        asked = {"id": self._asked, "method": method, "params": given}
        await self._line.send_json(asked if session is None else asked | {"sessionId": session})
        while (answer := await self._line.receive_json()).get("id") != self._asked:
            if happened is not None and answer.get("sessionId") == session:
                happened.append(answer)
        assert "error" not in answer, answer
        return answer["result"]
