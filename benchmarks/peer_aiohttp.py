"""What cannot be undercut, as a measured program: a bare loop of the client Khulasa uses. ``FOLDER AT_ONCE``.

Sends the validators it was given the time before, reads what comes, and keeps nothing else.
"""

import asyncio
import json
import sys
from pathlib import Path

import aiohttp

from benchmarks.measured import own_work, tell


def main() -> None:
    folder, at_once = Path(sys.argv[1]), int(sys.argv[2])
    urls = (folder / "urls").read_text().split()
    memory = folder / "validators.json"
    validators: dict[str, dict[str, str]] = json.loads(memory.read_text()) if memory.is_file() else {}
    told: dict[str, float] = {}
    with own_work(told):
        asyncio.run(ask(urls, validators, at_once))
    memory.write_text(json.dumps(validators))
    tell(told)


async def ask(urls: list[str], validators: dict[str, dict[str, str]], at_once: int) -> None:
    places = asyncio.Semaphore(at_once)

    async def one(session: aiohttp.ClientSession, url: str) -> None:
        async with places, session.get(url, headers=validators.get(url)) as response:
            await response.read()
            if response.status == 200:
                validators[url] = {
                    "If-None-Match": response.headers["ETag"],
                    "If-Modified-Since": response.headers["Last-Modified"],
                }

    async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as group:
        for url in urls:
            group.create_task(one(session, url))


if __name__ == "__main__":
    main()
