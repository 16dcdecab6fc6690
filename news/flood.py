"""How many new articles of one source are taken at a time: a source that floods is taken a part a visit. Pure.

Guards against guids and texts that change at every visit. Nothing is lost: what does not fit is new at the next visit.
"""

from dataclasses import dataclass
from datetime import datetime

from news.rhythm import echoing
from news.types import Rhythm

# A daily paper comes whole, and 200 an hour for good. Older articles weigh less, an archive nothing: they stand at the
# top of no feed.
MOST = 100.0


@dataclass(slots=True)
class Room:
    """What still fits into this visit."""

    left: float | None  # articles as of now; None: the first visit
    refused: int = 0

    def takes(self, date: datetime | None, now: datetime) -> bool:
        """Is there room for one more article, published at ``date``? None: nobody knows when, so now."""
        if self.left is None:
            return True
        weight = echoing(now - min(date or now, now))
        if weight > self.left:
            self.refused += 1
            return False
        self.left -= weight
        return True


def room_in(rhythm: Rhythm, now: datetime) -> Room:
    """The room that a source with this ``rhythm``, as before the visit, has at ``now``."""
    if rhythm.asked is None:
        return Room(None)
    return Room(max(0.0, MOST - rhythm.recent * echoing(now - min(rhythm.asked, now))))
