"""The verbs of the editor about stories: merge and split. Attached to the others in khulasa/cli.py."""

from itertools import product

import click

from khulasa import compose
from khulasa.saying import Where, say
from news.errors import KhulasaError, NotFound
from scheduler.loop import until_done
from scheduler.verdicts import Verdict, leave
from store.store import Store

MOST_PAIRS = 500  # of one verdict


@click.command()
@click.argument("names", metavar="ID|URL ID|URL…", nargs=-1, required=True)
@click.pass_obj
def merge(where: Where, names: tuple[str, ...]) -> None:
    """These articles, or stories, tell one event: for good, whatever their texts look like."""
    if len(names) < 2:
        raise click.UsageError("name two articles or stories, or more")
    with compose.remembered(where.data) as store:
        first, *others = [_articles(store, name)[0] for name in names]
    _judge(where, joined=True, pairs=tuple((first, other) for other in others if other != first))
    say("one story")


@click.command()
@click.argument("name", metavar="ID|URL")
@click.argument("others", metavar="[ID|URL…]", nargs=-1)
@click.pass_obj
def split(where: Where, name: str, others: tuple[str, ...]) -> None:
    """This article does not belong to the story it is in: for good. With others named: only not with those."""
    with compose.remembered(where.data) as store:
        article = store.article(name)
        apart = [other for named in others for other in _articles(store, named)] or store.stories.fellows(article.id)
        apart = [other for other in apart if other != article.id]
        if not apart:
            raise KhulasaError("it is in no story with others")
        same = {article.id, *(() if others else _copies(store, article.id))}
    pairs = tuple((a, b) for a, b in product(sorted(same), sorted(set(apart) - same)))
    if not pairs:
        raise KhulasaError("all others in its story are copies of it: name those that it is no copy of")
    _judge(where, joined=False, pairs=pairs)
    say("not one story any more")


def _articles(store: Store, name: str) -> list[str]:
    """The articles that are meant: the one, or all of the story."""
    try:
        return [store.article(name).id]
    except NotFound:
        return [member.id for member in store.stories.story(name).members]


def _copies(store: Store, article_id: str) -> set[str]:
    links = store.stories.links(store.stories.fellows(article_id))
    return {name for pair, link in links.items() if link.copy and article_id in pair for name in pair}


def _judge(where: Where, *, joined: bool, pairs: tuple[tuple[str, str], ...]) -> None:
    leave(where.data, Verdict(at=where.now(), joined=joined, pairs=pairs[:MOST_PAIRS]))
    until_done(compose.take_verdicts(compose.load(where.config), where.data, now=where.now()))
