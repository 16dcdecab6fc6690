"""What stands in the place of what in two texts of one pattern: «king A» for «king B», «fifth» for «sixth».

Words left out or added are nobody's rival: a copy that was cut tells of the same event. Only what replaces something
inside a frame of equal words is evidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

LONGEST = 6  # tokens of a replacement; more is another wording, not another value
FRAME = 6  # equal tokens around it that make the frame whole


@dataclass(frozen=True, slots=True)
class Swap:
    """Positions ``ours`` of one text stand where positions ``theirs`` of the other do."""

    ours: range
    theirs: range
    frame: float  # 0 … 1, how much equal text surrounds them


@dataclass(frozen=True, slots=True)
class Alignment:
    equal: float  # 0 … 1, the share of the shorter sequence that stands in the other in the same order
    swaps: tuple[Swap, ...]


def aligned(ours: Sequence[str], theirs: Sequence[str]) -> Alignment:
    """Lay two token sequences side by side. (b, a) gives the same as (a, b), with the sides exchanged."""
    if (len(ours), ours) > (len(theirs), theirs):
        turned = aligned(theirs, ours)
        return Alignment(turned.equal, tuple(Swap(swap.theirs, swap.ours, swap.frame) for swap in turned.swaps))
    blocks = SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks()
    found: list[Swap] = []
    at, other, before = 0, 0, 0
    for begins, other_begins, length in blocks:
        mine, yours = range(at, begins), range(other, other_begins)
        if 0 < len(mine) <= LONGEST and 0 < len(yours) <= LONGEST:
            found.append(Swap(mine, yours, min(1.0, (min(before, FRAME) + min(length, FRAME)) / FRAME)))
        at, other, before = begins + length, other_begins + length, length
    equal = sum(block.size for block in blocks)
    return Alignment(equal / max(1, len(ours)), tuple(found))
