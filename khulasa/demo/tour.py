"""``khulasa demo``: the newsroom is opened on loopback, polled twice an hour apart, merged, judged and published."""

import shutil
from datetime import datetime
from pathlib import Path

from rich.console import Console

from khulasa import compose, showing
from khulasa.demo.outlets import Newsroom, NewsroomSite, newsroom
from news.selection import FEED_SIZE
from news.types import Configuration, Source, Update
from scheduler.loop import until_done
from web.server import Server

CONFIG = "sources.yml"

_HEAD = """\
# The newsroom of the demo. Every outlet, person and event in it is invented.
site:
  title: خلاصة
  url: http://127.0.0.1:{public_port}/
fetch:
  contact: demo@khulasa.example
  allow_networks: [127.0.0.0/8]  # the newsroom lives on this machine
sources:
"""
_FEEDS = """\
feeds:
  - id: energy
    title: الطاقة
    match: النفط OR الغاز OR الكهرباء OR "الطاقة الشمسية"
  - id: levant
    title: أخبار المشرق
    countries: [SY, LB, JO, PS, IQ]
"""


def configuration_text(room: Newsroom, *, newsroom_port: int, public_port: int) -> str:
    """The demo's ``sources.yml``."""
    lines = []
    for outlet in room.outlets:
        lines.append(f"  - id: {outlet.id}\n    title: {outlet.title}\n    country: {outlet.country}\n")
        lines.append(f"    url: http://127.0.0.1:{newsroom_port}/{outlet.id}/feed\n")
        if outlet.category:
            lines.append(f"    category: {outlet.category}\n")
    return _HEAD.format(public_port=public_port) + "".join(lines) + _FEEDS


def tour(data: Path, *, public_port: int, console: Console) -> dict[str, object]:
    """Play the demo in ``data`` (emptied first), tell it on ``console``, and return its figures."""
    if data.exists():
        shutil.rmtree(data)
    data.mkdir(parents=True)
    room = newsroom()
    site = NewsroomSite(room)
    server = Server(site.app, host="127.0.0.1", port=0)
    server.start()
    try:
        path = data / CONFIG
        path.write_text(configuration_text(room, newsroom_port=server.port, public_port=public_port), encoding="utf-8")
        configuration = compose.load(path)
        visits: list[list[tuple[Source, Update]]] = []
        for is_later, moment in ((False, room.moment), (True, room.later)):
            site.is_later = is_later
            done = _poll(configuration, data, moment)
            console.print(showing.poll_table(done, title=f"read at {moment:%Y-%m-%d %H:%M} UTC"))
            visits.append(done)
    finally:
        server.stop()
    with compose.remembered(data) as store:
        counts, publications = store.counts(), store.publications.all()
        carried = [article for article in store.newest(counts["articles"]) if len(article.appearances) > 1]
    updates = [update for done in visits for _, update in done]
    figures: dict[str, object] = {
        "outlets": len(room.outlets),
        "entries": counts["appearances"],
        "articles": counts["articles"],
        "merged": sum(u.merged for u in updates),
        "corrected": sum(u.corrected for u in updates),
        "feeds": len(publications),
        "files": str(compose.public_folder(data)),
    }
    console.print(showing.copies_table(carried, {outlet.id: outlet.title for outlet in room.outlets}))
    console.print(showing.publication_table(publications.values(), configuration.site.url, room.later))
    console.print(
        f"{figures['outlets']} outlets, {figures['entries']} entries, {figures['articles']} articles: "
        f"{figures['merged']} entries were copies, {figures['corrected']} corrected. "
        f"{figures['feeds']} feeds of up to {FEED_SIZE} items, as RSS, Atom, JSON Feed and HTML, in {figures['files']}",
        markup=False,
        soft_wrap=True,
    )
    return figures


def _poll(configuration: Configuration, data: Path, moment: datetime) -> list[tuple[Source, Update]]:
    """Visit every outlet, whether or not its rhythm says that it is worth it."""
    done: list[tuple[Source, Update]] = []
    until_done(
        compose.poll_and_publish(
            configuration,
            data,
            now=moment,
            sources=configuration.sources,
            tell=lambda source, update: done.append((source, update)),
        )
    )
    return done
