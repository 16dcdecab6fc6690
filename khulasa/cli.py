"""The command line: each verb is a few lines that call one function. The only code that prints and exits.

Exit codes: 0 fine, 1 something failed and was said, 2 misuse, 75 another Khulasa holds the data folder (try later).
"""

import gc
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.progress import Progress

from feeds.sources_schema import json_schema
from feeds.sources_values import nearest
from khulasa import adding, compose, showing, streams, told
from khulasa.archive import doctor, reindex, search
from khulasa.demo.tour import tour
from khulasa.exchange import export_list, import_list
from khulasa.keeping import backup, restore
from khulasa.logs import configure_logs
from khulasa.saying import Where, as_json, err, out, say, say_json, say_line
from khulasa.showing import plain
from khulasa.storytelling import merge, split
from news.errors import AnotherWriter, ConfigurationError, KhulasaError, NotFound
from news.selection import public_id
from news.types import Article, Configuration, Failed, Fetched, Source, Update
from scheduler.daemon import until_signal
from scheduler.loop import until_done
from store.store import Store


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


host_option = click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
port_option = click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535))


class Door(click.Group):
    """Errors a person can mend are said in a line each, never as a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        with faults_said():
            return super().invoke(ctx)


@click.group(cls=Door, context_settings={"help_option_names": ["-h", "--help"]})
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
    gc.freeze()  # what has been loaded stays: the collector would look it through again and again, 0.1 s each time
    context.obj = Where(config=config, data=data, now=now)


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
        serve_until_signal(compose.load(data / "sources.yml"), data, host, port)


@khulasa.command()
@host_option
@port_option
@click.pass_obj
def run(where: Where, host: str, port: int) -> None:
    """The daemon: polls on the clock, publishes what changed, serves it."""
    until_done(
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
    named = tuple(source_named(configuration, name) for name in dict.fromkeys(sources))
    done: list[tuple[Source, Update]] = []
    with Progress(console=err, transient=True, disable=as_json or not err.is_terminal) as progress:
        bar = progress.add_task("asking", total=None)

        def tell(source: Source, update: Update) -> None:
            done.append((source, update))
            progress.update(bar, advance=1, description=source.id)

        updates, published = until_done(
            compose.poll_and_publish(configuration, where.data, now=at or now(), sources=named, tell=tell)
        )
    if as_json:
        files_changed = list(published.changed) if published else []
        say_json({"sources": showing.poll_json(done), "files_changed": files_changed})
    else:
        out.print(showing.poll_table(done) if updates else "nothing is due")
        if published:
            say(f"{published.rendered} feeds rendered, {len(published.changed)} files changed")
    if None in updates:  # a fault of ours, and said: not the news that a source failed
        sys.exit(1)


@khulasa.command()
@click.argument("feeds", nargs=-1)
@as_json
@click.pass_obj
def publish(where: Where, feeds: tuple[str, ...], as_json: bool) -> None:
    """Render what changed, or the FEEDS named (all, category/politics, …)."""
    configuration = compose.load(where.config)
    published = until_done(compose.publish_only(configuration, where.data, now=now(), only=feeds))
    changed = list(published.changed) if published else []
    if as_json:
        say_json({"rendered": published.rendered if published else 0, "files_changed": changed})
    else:
        say(f"{published.rendered if published else 0} feeds rendered, {len(changed)} files changed")


@khulasa.command()
@host_option
@port_option
@click.pass_obj
def serve(where: Where, host: str, port: int) -> None:
    """The web alone: what has been published, over HTTP."""
    serve_until_signal(compose.load(where.config), where.data, host, port)


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
        say(f"{where.config} is right: {len(configuration.sources)} sources, {len(configuration.feeds)} feeds")


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
        found = until_done(discover(url, configuration))
        out.print(showing.found_shown(found.url, found.document))
        address, title = found.url, title or adding.title_of(found.document)
    source = adding.new_source(address, configuration, title=title)
    adding.append(where.config, source)
    say(f"added to {where.config} as {source.id}: {source.title}")


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
        states, counts, publications = store.states(), store.article_counts(), store.publications.all()
    if as_json:
        sources = showing.status_json(configuration, states, counts)
        say_json({"sources": sources, "feeds": [plain(p) for p in publications.values()]})
        return
    out.print(showing.status_table(configuration, states, counts, now()))
    out.print(showing.publication_table(publications.values(), configuration.site.url, now()))


@khulasa.command()
@click.argument("name", metavar="ID|URL|SOURCE")
@click.argument("other", metavar="[ID|URL]", required=False)
@as_json
@click.pass_obj
def explain(where: Where, name: str, other: str | None, as_json: bool) -> None:
    """Everything we concluded about an article, or about a source's schedule, and why.

    With another article: why the two are, or are not, one story.
    """
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
        article = article_named(store, name)
        if other is not None:
            likened = told.liken(store, article, article_named(store, other))
            if as_json:
                say_json(told.likeness_json(likened))
            else:
                out.print(told.likeness_shown(likened))
            return
        decisions, story = store.decisions(article.id), told.story_around(store, article)
    if as_json:
        say_json({
            "article": plain(article),
            "decisions": [plain(d) for d in decisions],
            "story": told.story_json(story),
        })  # fmt: skip
    else:
        out.print(showing.article_explained(article, decisions, public_id(article.id, configuration.site)))
        out.print(told.story_shown(story, article))


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
        for path, url, headers in streams.requested(sys.stdin.buffer):
            say_line(read_file(path, url=url, headers=headers))
        return
    all_there = True
    for name in names:
        if name.startswith(("http://", "https://")):
            line = read_url(where, name)
        elif name == "-":
            line = streams.read_line(name, sys.stdin.buffer.read(), url="", headers={}, now=now())
        else:
            line = read_file(name, url="", headers={})
        if as_json:
            say_line(line)
        else:
            out.print(showing.document_shown(name, line))
        all_there = all_there and not streams.is_missing(line)
    if not all_there:  # a document that is no feed, or a source that fails, is an answer; a file that is not there none
        sys.exit(1)


def read_file(name: str, *, url: str, headers: Mapping[str, str]) -> dict[str, object]:
    try:
        body = Path(name).read_bytes()
    except (OSError, ValueError) as fault:  # ValueError: a name with a null character
        return streams.missing_line(name, getattr(fault, "strerror", None) or str(fault))
    return streams.read_line(name, body, url=url, headers=headers, now=now())


def read_url(where: Where, url: str) -> dict[str, object]:
    configuration = compose.load(where.config)

    async def fetch() -> object:
        async with compose.fetcher(configuration.fetch, configuration.site) as fetching:
            return await fetching.fetch(url, now=now())

    match until_done(fetch()):
        case Fetched() as fetched:
            return streams.read_line(url, fetched.body, url=fetched.url, headers=dict(fetched.headers), now=now())
        case Failed() as failed:
            return streams.unread_line(url, failed.reason, failed.message)
        case _:
            return streams.unread_line(url, "not_modified", "answered 304 to an unconditional request")


@khulasa.command()
def judge() -> None:
    """What we conclude: JSON lines in, JSON lines out; nothing is stored."""
    for line in streams.judged(sys.stdin.buffer, now=now()):
        say_line(line)


for verb in (search, doctor, reindex, backup, restore, merge, split, import_list, export_list):
    khulasa.add_command(verb)


# --- saying ---------------------------------------------------------------------------------------------------------


def say_serving(data: Path, host: str, port: int) -> None:
    address = f"[{host}]" if ":" in host else host
    err.print(showing.safe(f"serving {data}/public at http://{address}:{port}/ – Ctrl-C ends it"), soft_wrap=True)


def source_named(configuration: Configuration, name: str) -> Source:
    sources = {source.id: source for source in configuration.sources}
    if name in sources:
        return sources[name]
    close = nearest(name, sources)
    raise NotFound(f"no source is called {name!r}" + (f" – did you mean {close}?" if close else ""))


def article_named(store: Store, name: str) -> Article:
    """By id, link, guid, or the tag: URI under which we publish it. Raises NotFound."""
    try:
        return store.article(name)
    except NotFound:
        before, _, article_id = name.rpartition("article/")
        if not before.startswith("tag:"):
            raise
        return store.article(article_id)


def serve_until_signal(configuration: Configuration, data: Path, host: str, port: int) -> None:
    window = compose.server(lambda: configuration, data, host=host, port=port)
    window.start()
    say_serving(data, host, window.port)
    try:
        until_done(until_signal())
    finally:
        window.stop()


@contextmanager
def faults_said() -> Iterator[None]:
    """What a person can mend is said in lines, and ends the process with its exit code."""
    try:
        yield
    except BrokenPipeError:
        raise  # click ends quietly when nobody listens any longer
    except ConfigurationError as fault:
        showing.say_mistakes(err, fault.name, fault.mistakes)
        sys.exit(1)
    except OSError as fault:  # a full disk, a folder that may not be written
        place = "" if fault.filename is None else f"{fault.filename}: "
        err.print(showing.safe(f"{place}{fault.strerror or fault}"), soft_wrap=True)
        sys.exit(1)
    except KhulasaError as fault:
        for line in str(fault).split("\n"):
            err.print(showing.safe(line), soft_wrap=True)
        sys.exit(os.EX_TEMPFAIL if isinstance(fault, AnotherWriter) else 1)


def main() -> NoReturn:
    run_command: Callable[[], object] = khulasa
    run_command()
    sys.exit(0)
