"""The verbs that keep the store: backup and restore. Attached to the others in khulasa/cli.py."""

from contextlib import suppress
from pathlib import Path

import click

from khulasa import compose
from khulasa.saying import Where, as_json, say, say_json
from news.errors import AnotherWriter
from scheduler.backups import back_up_here
from scheduler.loop import until_done
from scheduler.writer import DATABASE, WriterLock
from store.backup import Holding, back_up
from store.restore import Restored, put_back


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@as_json
@click.pass_obj
def backup(where: Where, file: Path | None, force: bool, as_json: bool) -> None:
    """Write the whole store into one FILE, checked, also while a daemon writes.

    Without FILE: into the folder backups of the data folder, of which the newest 7 stay.
    """
    if file is None:
        if force:
            raise click.UsageError("--force needs a FILE")
        file, holding = back_up_here(where.data, now=where.now())
    else:
        holding = back_up(where.data / DATABASE, file, replace=force)
    if as_json:
        say_json({"file": str(file), **_json(holding)})
    else:
        say(f"{file}: {_said(holding)}")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
@click.pass_obj
def restore(where: Where, file: Path, as_json: bool) -> None:
    """Make FILE, a backup, the store, and render anew all that is published; the store that was there is kept."""
    configuration = compose.load(where.config)
    restored = _restored(where, file)
    holding, kept = restored.holding, restored.kept
    if as_json:
        say_json({"file": str(file), **_json(holding), "kept": None if kept is None else str(kept)})
    else:
        say(f"restored {file}: {_said(holding)}")
        if kept is not None:
            say(f"the store that was there is kept as {kept}")
    with suppress(AnotherWriter):  # a daemon that started this moment: the store tells it that all is stale
        until_done(compose.publish_only(configuration, where.data, now=where.now(), only=()))


def _restored(where: Where, file: Path) -> Restored:
    lock = WriterLock(where.data)
    try:
        return put_back(file, where.data / DATABASE, now=where.now())
    finally:
        lock.release()


def _json(holding: Holding) -> dict[str, object]:
    return {
        "articles": holding.articles,
        "sources": holding.sources,
        "stories": holding.stories,
        "bytes": holding.size,
        "newest": holding.newest,
        "schema": holding.schema,
    }


def _said(holding: Holding) -> str:
    newest = "" if holding.newest is None else f", the newest of {holding.newest:%Y-%m-%d %H:%M} UTC"
    return (
        f"{holding.articles:,} articles{newest}, {holding.sources:,} sources, {holding.stories:,} stories,"
        f" {holding.size:,} bytes"
    )
