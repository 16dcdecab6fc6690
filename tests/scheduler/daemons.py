"""The daemon as a process of its own, its sources.yml, and documents for a publisher on loopback."""

import http.client
import json
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from lxml import etree

LONG = 30.0  # seconds: what takes longer never comes, however busy the machine


def until(is_so: Callable[[], bool], what: str) -> None:
    """Wait for it, and fail with ``what`` if it does not come."""
    end = time.monotonic() + LONG
    while not is_so():
        assert time.monotonic() < end, f"not within {LONG:g} s: {what}"
        time.sleep(0.02)


def sources_yml(sources: Iterable[tuple[str, str]], *, title: str = "خلاصة", more: str = "") -> str:
    """The editor's file over (id, url) pairs; this machine may be asked."""
    listed = "".join(f"  - {{id: {id}, title: صحيفة {id}, url: '{url}', every: 1m}}\n" for id, url in sources)
    return (
        f"site: {{title: {title}, url: 'https://khulasa.example/'}}\n"
        f"fetch: {{contact: ops@khulasa.example, allow_networks: [127.0.0.0/8]}}\nsources:\n{listed}{more}"
    )


def rss(*items: tuple[str, str], base: str = "https://riwaq.example/") -> bytes:
    """A document of (key, text) items, an hour old. The key is guid, end of the link and of the title."""
    date = format_datetime(datetime.now(UTC) - timedelta(hours=1))
    listed = "".join(
        f"<item><title>خبر {key}</title><link>{base}{key}</link><guid isPermaLink='false'>{key}</guid>"
        f"<pubDate>{date}</pubDate><description>{text}</description></item>"
        for key, text in items
    )
    head = f"<title>الرواق</title><link>{base}</link><description>أخبار</description>"
    return f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel>{head}{listed}</channel></rss>".encode()


class DaemonProcess:
    """``khulasa run`` over a folder that holds sources.yml. Use as ``with DaemonProcess(folder) as daemon``.

    Leaving it kills what still runs.
    """

    def __init__(self, folder: Path) -> None:
        self.data = folder / "var"
        self.log: list[str] = []
        command = ["-m", "khulasa", "--config", str(folder / "sources.yml"), "--data", str(self.data)]
        self._process = subprocess.Popen(
            [sys.executable, *command, "run", "--port", "0"], stderr=subprocess.PIPE, text=True, encoding="utf-8"
        )
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def _listen(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.log.append(line.rstrip("\n"))
        self._process.stderr.close()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        """SIGKILL; afterwards the log is complete."""
        self._process.kill()
        self.ended()

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal that asks it to end. Its exit code."""
        self.send(number)
        return self.ended()

    def ended(self) -> int:
        code = self._process.wait(LONG)
        self._listener.join(LONG)
        return code

    # --- what it says ---------------------------------------------------------------------------------------------

    def said(self, pattern: str) -> list[str]:
        """The lines of its log that match."""
        return [line for line in self.log if re.search(pattern, line)]

    def wait_for(self, pattern: str, times: int = 1) -> None:
        until(lambda: len(self.said(pattern)) >= times or not self.is_running, f"{pattern!r} in {self.log}")
        assert len(self.said(pattern)) >= times, f"it ended: {self.log}"

    @property
    def port(self) -> int:
        self.wait_for("^serving ")
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", self.said("^serving ")[0])
        assert found is not None
        return int(found[1])

    def ask(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONG)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def titles(self, name: str = "all.rss") -> list[str | None]:
        status, body = self.ask(f"/{name}")
        if status != 200:
            return []
        return [title.text for title in etree.fromstring(body).iterfind(".//item/title")]

    def health(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self.ask("/health")[1])
        return said
