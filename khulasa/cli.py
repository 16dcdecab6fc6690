"""The command line: each verb is a few lines that call one function. The only code that prints and exits.

Exit codes: 0 fine, 1 something failed and was said, 2 misuse, 75 another Khulasa holds the data folder (try later).
"""

import asyncio
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.progress import Progress

from feeds.sources_schema import json_schema
from khulasa import adding, compose, showing, streams
from khulasa.demo.tour import tour
from khulasa.logs import configure_logs
from news.errors import AnotherWriter, ConfigurationError, KhulasaError
from news.selection import public_id
from news.types import Configuration, Failed, Fetched, Source, Update
from scheduler.daemon import until_signal

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


@dataclass(frozen=True, slots=True)
class Where:
    config: Path
    data: Path


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


class Moment(click.ParamType[datetime]):
    """An RFC 3339 moment with its zone."""

    name = "TIME"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            at = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no RFC 3339 time such as 2026-11-20T12:00:00Z", param, ctx)
        if at.tzinfo is None:
            self.fail(f"{value!r} names no zone; add Z or +03:00", param, ctx)
        return at.astimezone(UTC)


as_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")
host_option = click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
port_option = click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535))


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--config", type=click.Path(path_type=Path), default=Path("sources.yml"), show_default=True)
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=Path("var"),
    show_default=True,
    help="The folder of the database and the published files.",
)
@click.option("--verbose", is_flag=True, help="Log everything, one line an event.")
@click.version_option(compose.VERSION)
@click.pass_context
def khulasa(context: click.Context, config: Path, data: Path, verbose: bool) -> None:
    """Khulasa (خلاصة) reads feeds, keeps every article once, and publishes categorized Arabic RSS and Atom."""
    configure_logs(verbose=verbose or context.invoked_subcommand == "run")
    context.obj = Where(config, data)


@khulasa.command()
@click.option("--once", is_flag=True, help="Stop after publishing.")
@host_option
@port_option
@as_json
@click.pass_obj
def demo(where: Where, once: bool, host: str, port: int, as_json: bool) -> None:
    """The whole pipeline on the bundled newsroom, without a network; then serve it."""
    data = where.data / "demo"
    told = tour(data, public_port=port, console=err if as_json else out)
    if as_json:
        say_json(told)
    if not once:
        serve_until_signal(data, host, port)


@khulasa.command()
@host_option
@port_option
@click.pass_obj
def run(where: Where, host: str, port: int) -> None:
    """The daemon: polls on the clock, publishes what changed, serves it."""
    asyncio.run(
        compose.run_daemon(
            where.config,
            where.data,
            host=host,
            port=port,
            ready=lambda window: say_serving(where.data, host, window.port),
        )
    )


@khulasa.command()
@click.argument("sources", nargs=-1)
@click.option("--now", "at", type=Moment(), help="Live at this moment instead of the clock's.")
@as_json
@click.pass_obj
def poll(where: Where, sources: tuple[str, ...], at: datetime | None, as_json: bool) -> None:
    """One cycle over what is due, or over the SOURCES named; then publish what changed."""
    configuration = compose.load(where.config)
    named = tuple(source_named(configuration, name) for name in sources)
    done: list[tuple[Source, Update]] = []
    with Progress(console=err, transient=True, disable=as_json or not err.is_terminal) as progress:
        bar = progress.add_task("asking", total=None)

        def tell(source: Source, update: Update) -> None:
            done.append((source, update))
            progress.update(bar, advance=1, description=source.id)

        updates, published = asyncio.run(
            compose.poll_and_publish(configuration, where.data, now=at or now(), sources=named, tell=tell)
        )
    if as_json:
        say_json(
            {
                "sources": [
                    {
                        "id": source.id,
                        "outcome": update.outcome,
                        "message": update.state.message,
                        "new": update.new,
                        "merged": update.merged,
                        "corrected": update.corrected,
                        "problems": [asdict(p) for p in update.problems],
                        "next_check": update.state.next_check.isoformat() if update.state.next_check else None,
                    }
                    for source, update in sorted(done, key=lambda pair: pair[0].id)
                ],
                "files_changed": list(published.changed) if published else [],
            }
        )
    else:
        out.print(showing.poll_table(done) if updates else "nothing is due")
        if published:
            out.print(f"{published.rendered} feeds rendered, {len(published.changed)} files changed")
    if None in updates:  # a fault of ours, and said: not the news that a source failed
        sys.exit(1)


@khulasa.command()
@click.argument("feeds", nargs=-1)
@as_json
@click.pass_obj
def publish(where: Where, feeds: tuple[str, ...], as_json: bool) -> None:
    """Render what changed, or the FEEDS named (all, category/politics, …)."""
    configuration = compose.load(where.config)
    published = asyncio.run(compose.publish_only(configuration, where.data, now=now(), only=feeds))
    changed = list(published.changed) if published else []
    if as_json:
        say_json({"rendered": published.rendered if published else 0, "files_changed": changed})
    else:
        out.print(f"{published.rendered if published else 0} feeds rendered, {len(changed)} files changed")


@khulasa.command()
@host_option
@port_option
@click.pass_obj
def serve(where: Where, host: str, port: int) -> None:
    """The web alone: what has been published, over HTTP."""
    serve_until_signal(where.data, host, port)


@khulasa.command()
@as_json
@click.option("--schema", is_flag=True, help="Print the JSON Schema of sources.yml, for editors.")
@click.pass_obj
def check(where: Where, as_json: bool, schema: bool) -> None:
    """Read sources.yml and say what is wrong, with lines."""
    if schema:
        click.echo(json_schema(), nl=False)
        return
    try:
        configuration = compose.load(where.config)
    except ConfigurationError as fault:
        if not as_json:
            raise
        say_json({"mistakes": showing.mistake_json(fault.name, fault.mistakes)})
        sys.exit(1)
    if as_json:
        say_json({"mistakes": []})
    else:
        out.print(f"{where.config} is right: {len(configuration.sources)} sources, {len(configuration.feeds)} feeds")


@khulasa.command()
@click.argument("url")
@click.option("--no-try", is_flag=True, help="Append the address as it is, without a request.")
@click.option("--title", help="What to call it; else what its feed calls itself.")
@click.pass_obj
def add(where: Where, url: str, no_try: bool, title: str | None) -> None:
    """Discover the feed of a page, try it, and append it to sources.yml."""
    configuration = compose.load(where.config)
    address = url
    if not no_try:
        found = asyncio.run(discover(url, configuration))
        out.print(showing.found_shown(found.url, found.document))
        address, title = found.url, title or found.document.title
    source = adding.new_source(address, configuration, title=title)
    adding.append(where.config, source)
    out.print(showing.safe(f"added to {where.config} as {source.id}: {source.title}"))


async def discover(url: str, configuration: Configuration) -> adding.Found:
    async with compose.fetcher(configuration.fetch, configuration.site) as fetching:
        return await adding.discover(url, fetching, now=now())


@khulasa.command()
@as_json
@click.pass_obj
def status(where: Where, as_json: bool) -> None:
    """Every source: last, next, why; every feed: size, updated."""
    configuration = compose.load(where.config)
    with compose.remembered(where.data) as store:
        states, counts, publications = store.states(), store.article_counts(), store.publications()
    if as_json:
        say_json(
            {
                "sources": [
                    {"id": s.id, "title": s.title, "articles": counts.get(s.id, 0), "state": plain(states.get(s.id))}
                    for s in configuration.sources
                ],
                "feeds": [plain(p) for p in publications.values()],
            }
        )
        return
    out.print(showing.status_table(configuration, states, counts, now()))
    out.print(showing.publication_table(publications.values(), configuration.site.url, now()))


@khulasa.command()
@click.argument("name", metavar="ID|URL|SOURCE")
@as_json
@click.pass_obj
def explain(where: Where, name: str, as_json: bool) -> None:
    """Everything we concluded about an article, or about a source's schedule, and why."""
    configuration = compose.load(where.config)
    with compose.remembered(where.data) as store:
        source = next((s for s in configuration.sources if s.id == name), None)
        if source is not None:
            state, problems = store.states().get(source.id), store.problems(source.id)
            if as_json:
                say_json({"source": plain(source), "state": plain(state), "problems": [plain(p) for p in problems]})
            else:
                out.print(showing.source_explained(source, state, problems, now()))
            return
        article = store.article(name.rpartition("article/")[2] if name.startswith("tag:") else name)
        decisions = store.decisions(article.id)
    if as_json:
        say_json({"article": plain(article), "decisions": [plain(d) for d in decisions]})
    else:
        out.print(showing.article_explained(article, decisions, public_id(article.id, configuration.site)))


@khulasa.command()
@click.argument("names", metavar="FILE|URL|-…", nargs=-1)
@click.option("--requests", is_flag=True, help='Take JSON lines {"path","url","headers"} from standard input.')
@as_json
@click.pass_obj
def read(where: Where, names: tuple[str, ...], requests: bool, as_json: bool) -> None:
    """How documents are read, one JSON line each with --json; nothing is stored."""
    if requests == bool(names):
        raise click.UsageError("name documents, or give --requests, not both")
    if requests:
        for number, line in enumerate(sys.stdin, 1):
            path, url, headers = streams.requested(line, number)
            say_line(read_file(path, url=url, headers=headers))
        return
    for name in names:
        line = read_url(where, name) if name.startswith(("http://", "https://")) else read_file(name)
        if as_json:
            say_line(line)
        else:
            out.print(showing.document_shown(name, line))


def read_file(name: str, *, url: str = "", headers: dict[str, str] | None = None) -> dict[str, object]:
    try:
        body = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as fault:
        return streams.unread_line(name, "unreadable_file", fault.strerror or str(fault))
    return streams.read_line(name, body, url=url, headers=headers or {}, now=now())


def read_url(where: Where, url: str) -> dict[str, object]:
    configuration = compose.load(where.config)

    async def fetch() -> object:
        async with compose.fetcher(configuration.fetch, configuration.site) as fetching:
            return await fetching.fetch(url, now=now())

    match asyncio.run(fetch()):
        case Fetched() as fetched:
            return streams.read_line(url, fetched.body, url=fetched.url, headers=dict(fetched.headers), now=now())
        case Failed() as failed:
            return streams.unread_line(url, failed.reason, failed.message)
        case _:
            return streams.unread_line(url, "not_modified", "answered 304 to an unconditional request")


@khulasa.command()
def judge() -> None:
    """What we conclude: JSON lines in, JSON lines out; nothing is stored."""
    for line in streams.judged(sys.stdin, now=now()):
        say_line(line)


# --- saying ---------------------------------------------------------------------------------------------------------


def say_serving(data: Path, host: str, port: int) -> None:
    address = f"[{host}]" if ":" in host else host
    err.print(showing.safe(f"serving {data}/public at http://{address}:{port}/ – Ctrl-C ends it"), soft_wrap=True)


def plain(value: Any) -> Any:
    """A dataclass as JSON knows it."""
    return None if value is None else asdict(value)


def say_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_json_default))


def say_line(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, default=_json_default))


def _json_default(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    return str(value)


def source_named(configuration: Configuration, name: str) -> Source:
    for source in configuration.sources:
        if source.id == name:
            return source
    raise KhulasaError(f"no source is called {name!r} in sources.yml")


def serve_until_signal(data: Path, host: str, port: int) -> None:
    window = compose.server(data, host=host, port=port)
    window.start()
    say_serving(data, host, window.port)
    try:
        asyncio.run(until_signal())
    finally:
        window.stop()


@contextmanager
def faults_said() -> Iterator[None]:
    """Errors a person can mend are said in a line each, never as a traceback."""
    try:
        yield
    except ConfigurationError as fault:
        showing.say_mistakes(err, fault.name, fault.mistakes)
        sys.exit(1)
    except (KhulasaError, OSError) as fault:  # OSError: a full disk, a folder that may not be written
        err.print(showing.safe(fault), soft_wrap=True)
        sys.exit(os.EX_TEMPFAIL if isinstance(fault, AnotherWriter) else 1)


def main() -> NoReturn:
    run_command: Callable[[], object] = khulasa
    with faults_said():
        run_command()
    sys.exit(0)
