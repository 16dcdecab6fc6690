"""Generated feeds served by nginx on 127.0.0.1, with and without validators, and a count of what it answered.

Knows files and nginx; nothing of who asks.
"""

import os
import shutil
import socket
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.generated_feeds import BEGINNING, document

HINT = "nginx serves the feeds of this measurement and is not installed (Debian: apt-get install nginx-light)"
_STOPPING = 10.0  # seconds
_NO_VALIDATORS = 'etag off; if_modified_since off; add_header Last-Modified "";'
_CONFIGURATION = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log; {user}
events {{ worker_connections 512; }}
http {{
  types {{ application/xml xml; }} sendfile on; keepalive_requests 100000;
  log_format status "$status"; access_log {folder}/access.log status;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{ listen 127.0.0.1:{port}; root {folder}/www; {validators} }}
}}
"""


class MissingServer(Exception):
    """There is no nginx on this machine."""


class Site:
    """``feeds`` documents below one address, of so many ``items`` (none given: as many as feeds usually have).

    ``with Site(folder, feeds=2000) as site``.
    """

    def __init__(self, folder: Path, *, feeds: int, items: int | None = None) -> None:
        nginx = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        if nginx is None:
            raise MissingServer(HINT)
        self._nginx, self._folder = nginx, folder
        self._www = folder / "www"
        self._www.mkdir(parents=True)
        self._age = 0
        self._items = items
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port: int = free.getsockname()[1]
        self._seeds = range(feeds)
        self.urls = tuple(f"http://127.0.0.1:{self._port}/{seed}.xml" for seed in self._seeds)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def write_all(self, *, built: timedelta = timedelta(0), newer_in: int = 0, newer: int = 0) -> None:
        """Every feed as it is ``built`` after the beginning; one of ``newer_in`` has moved on by ``newer`` items."""
        self._age += 1
        for seed in self._seeds:
            moved = newer if newer_in and seed % newer_in == 0 else 0
            body = document(seed, built=BEGINNING + built, newer=moved, items=self._items)
            file = self._www / f"{seed}.xml"
            if file.is_file() and file.read_bytes() == body:
                continue  # keeps its ETag and Last-Modified
            file.write_bytes(body)
            stamp = BEGINNING.timestamp() - 86400 + 60 * self._age  # the same in every repetition
            os.utime(file, (stamp, stamp))

    def size(self) -> int:
        """Bytes of all documents."""
        return sum(file.stat().st_size for file in self._www.iterdir())

    @contextmanager
    def serving(self, *, validators: bool) -> Iterator[None]:
        """nginx, with its own ETag and Last-Modified or with neither."""
        configuration = self._folder / "nginx.conf"
        configuration.write_text(
            _CONFIGURATION.format(
                folder=self._folder,
                port=self._port,
                validators="" if validators else _NO_VALIDATORS,
                user="user root;" if os.geteuid() == 0 else "",  # another could not look into a temporary folder
            )
        )
        errors = self._folder / "error.log"
        command = [self._nginx, "-p", str(self._folder), "-e", str(errors), "-c", str(configuration)]
        with ExitStack() as ending:
            server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            ending.callback(_stop, server)
            self._wait_for(server, errors)
            yield

    def answered(self) -> Counter[int]:
        """The statuses of the answers since this was asked before."""
        log = self._folder / "access.log"
        statuses = Counter(int(line) for line in log.read_text().split())
        os.truncate(log, 0)
        return statuses

    def _wait_for(self, server: subprocess.Popen[bytes], errors: Path) -> None:
        for _ in range(200):
            if server.poll() is not None:
                raise RuntimeError(f"nginx ended: {errors.read_text() if errors.is_file() else 'it did not say why'}")
            with socket.socket() as knocking:
                knocking.settimeout(1)
                if knocking.connect_ex(("127.0.0.1", self._port)) == 0:
                    return
            try:
                server.wait(timeout=0.05)
            except subprocess.TimeoutExpired:
                continue
        raise RuntimeError("nginx does not listen")


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(timeout=_STOPPING)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
