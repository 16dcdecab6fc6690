"""Puts new and changed articles into stories, a few at a time: between a visit and the publishing of what it brought.

Knows the store, and asks news/placing.py where an article belongs.
"""

import asyncio
from datetime import datetime

from news.placing import place, shelved_of
from scheduler.writer import Writer
from store.store import Store

BATCH = 8  # articles in one piece of the writer's time: some milliseconds
SPELL = 1.0  # seconds that one go may take; the first visit of many sources brings more than that


async def tell_stories(writer: Writer, *, now: datetime, spell: float | None = SPELL) -> int:
    """Place the articles that wait, for at most ``spell`` seconds (None: all of them). How many.

    Others get the writer in between.
    """
    clock = asyncio.get_running_loop().time
    end = None if spell is None else clock() + spell
    placed = 0
    while (end is None or clock() < end) and (number := await writer.do(place_some)):
        placed += number
    await writer.do(lambda store: store.stories.forget_old(now))
    return placed


def place_some(store: Store) -> int:
    """Put the next few articles that wait into stories. How many."""
    articles = store.stories.waiting(BATCH)
    for article in articles:
        shelved = shelved_of(article)
        with store.writing():
            if store.stories.is_placed(shelved):
                store.stories.show_again(article)
            else:
                store.stories.keep(place(shelved, store.stories))
            store.stories.dealt_with(article.id)
    return len(articles)
