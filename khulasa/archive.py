"""The verbs of the archive: search, doctor, reindex. Attached to the others in khulasa/cli.py."""

import sys

import click
from rich.progress import Progress

from khulasa import compose, showing
from khulasa.doctor import findings
from khulasa.saying import Where, as_json, err, out, say, say_json
from khulasa.sought import found_json, found_shown
from news.expressions import ExpressionError
from news.query import read_query
from scheduler.loop import until_done
from store.rebuild import Rebuilding
from store.search import MOST_SHOWN


@click.command(context_settings={"ignore_unknown_options": True})  # -word is a part of the query
@click.argument("words", metavar="QUERY", nargs=-1, required=True)
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, MOST_SHOWN), help="How many to show.")
@click.option("--source", "within", multiple=True, help="Only what this source carried; may be given again.")
@as_json
@click.pass_obj
def search(where: Where, words: tuple[str, ...], limit: int, within: tuple[str, ...], as_json: bool) -> None:
    """Look through the archive: words, "phrases", OR, -not, title:, source:, category:, country:, after:, before:."""
    configuration = compose.load(where.config)
    with compose.remembered(where.data) as store:
        titles = {id: id for id in store.states()} | {source.id: source.title for source in configuration.sources}
        try:
            query = read_query(" ".join(words), titles, within=within)
        except ExpressionError as fault:
            err.print(showing.safe(f"column {fault.column}: {fault.message}"), soft_wrap=True)
            sys.exit(2)
        found = store.archive.search(query, limit=limit, now=where.now())
    if as_json:
        say_json(found_json(found, query))
    else:
        out.print(found_shown(found, query, titles))


@click.command()
@as_json
@click.pass_obj
def doctor(where: Where, as_json: bool) -> None:
    """Whether the data folder is well: the store, its index, the disk, who writes."""
    found = findings(where.data)
    if as_json:
        say_json([showing.plain(finding) for finding in found])
    else:
        shown = showing.table("", "", "", whole=("",))
        for finding in found:
            mark = "right" if finding.is_right else "wrong"
            shown.add_row(
                finding.what, showing.safe(mark, "green" if finding.is_right else "red"), showing.safe(finding.says)
            )
        out.print(shown)
    if not all(finding.is_right for finding in found):
        sys.exit(1)


@click.command()
@click.pass_obj
def reindex(where: Where) -> None:
    """Make the index and the fingerprints anew; a running daemon is asked to do it, and serves meanwhile."""
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        bar = progress.add_task("reindexing", total=1.0)

        def tell(state: Rebuilding) -> None:
            progress.update(bar, completed=state.share)

        until_done(compose.reindex(where.data, tell=tell))
    say(f"all {compose.remembered_state(where.data).of} articles were indexed anew")
