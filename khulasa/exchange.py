"""The verbs that exchange lists of sources with other readers: import, export. Attached in khulasa/cli.py."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from feeds.address import mask
from feeds.opml import render_sources
from feeds.outlines import MAX_SIZE, is_opml, read_outlines
from feeds.sources_edit import write_whole
from khulasa import adding, compose
from khulasa.importing import THERE, Import, plan_import
from khulasa.logs import one_line
from khulasa.saying import Where, as_json, err, out, say, say_json
from khulasa.showing import plain
from news.errors import KhulasaError
from news.types import Unreadable

STREAM = "-"


@click.command("import")
@click.argument("file", metavar="FILE|-")
@as_json
@click.pass_obj
def import_list(where: Where, file: str, as_json: bool) -> None:
    """Append the feeds of an OPML file to sources.yml; what is not taken is said, with its line and why."""
    if file.startswith(("http://", "https://")):
        raise click.UsageError("no list is fetched: download it, and give the file")
    name = "standard input" if file == STREAM else file
    outlines = read_outlines(_read(file))
    if isinstance(outlines, Unreadable):
        raise KhulasaError(f"{name}: {outlines.message}")
    page, configuration = adding.standing(where.config)
    planned = plan_import(outlines, configuration)
    if planned.taken:
        adding.write(where.config, page, tuple(taken.source for taken in planned.taken))
    if as_json:
        say_json(import_json(planned))
        return
    _say_all(err, (f"{name}: {remark}" for remark in _remarks(planned)))
    _say_all(out, (f"added as {taken.source.id}: {taken.source.title}" for taken in planned.taken))
    there = sum(left.reason == THERE for left in planned.left_out)
    others = len(planned.left_out) - there
    say(f"{where.config}: {len(planned.taken)} added, {there} there already, {others} cannot be taken")


@click.command("export")
@click.argument("file", metavar="FILE|-")
@click.pass_obj
def export_list(where: Where, file: str) -> None:
    """Write the sources as OPML 2.0, for other readers; - is standard output."""
    configuration = compose.load(where.config)
    written = render_sources(configuration.site.title, configuration.sources)
    if file == STREAM:
        sys.stdout.buffer.write(written)
    else:
        _write(Path(file), written)
        say(f"{len(configuration.sources)} sources written to {file}")
    secret = sum(mask(source.url) != source.url for source in configuration.sources)
    if secret:
        _say_all(err, [f"secrets stand in {secret} of the addresses: not for everybody's eyes"])


def _read(file: str) -> bytes:
    """As much of it as is needed to see that it is too large."""
    if file == STREAM:
        return sys.stdin.buffer.read(MAX_SIZE + 1)
    try:
        with Path(file).open("rb") as opened:
            return opened.read(MAX_SIZE + 1)
    except ValueError as fault:  # a name with a null character
        raise KhulasaError(f"{file}: {fault}") from fault


def _write(path: Path, written: bytes) -> None:
    """Raises KhulasaError where something stands that is no such list: sources.yml, perhaps."""
    if path.exists():
        if not path.is_file():
            raise KhulasaError(f"{path} is no file: nothing was written, give another name")
        with path.open("rb") as opened:
            if not is_opml(opened.read(MAX_SIZE)):
                raise KhulasaError(f"{path} is there, and no OPML: nothing was written, give another name")
    write_whole(path, written.decode())


def _remarks(planned: Import) -> Iterator[str]:
    """What a person should know of an import, the whole file first, then in the order of its lines."""
    for problem in planned.problems:
        yield f"{problem.place}: {problem.message}"
    lines = [(left.line, f"{left.url or left.title or 'an outline'}: {left.why}") for left in planned.left_out]
    for folder in planned.unknown_folders:
        said = f"«{folder.name}» is none of our categories: {folder.sources} sources are without one"
        lines.append((folder.line, said))
    for line, remark in sorted(lines, key=lambda pair: pair[0]):
        yield f"line {line}: {remark}"


def import_json(planned: Import) -> dict[str, object]:
    return {
        "added": [{"line": taken.line, **plain(taken.source)} for taken in planned.taken],
        "left_out": [plain(left) for left in planned.left_out],
        "unknown_folders": [plain(folder) for folder in planned.unknown_folders],
        "problems": [plain(problem) for problem in planned.problems],
    }


def _say_all(console: Console, lines: Iterable[str]) -> None:
    """In one go: a list has thousands of them, and rich takes its time for each print."""
    said = "\n".join(map(one_line, lines))
    if said:
        console.print(Text(said), soft_wrap=True)
