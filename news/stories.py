"""Which articles make one story, and under which id a story goes on when articles join, bridge or leave.

The interface: ``regroup(members, scores=…, verdicts=…)`` groups one neighbourhood: the articles that a new one reaches
over pairs scored at least ``SAME_STORY``, with the scores of all pairs among them that were ever compared. The grouping
is a function of the set alone: members are taken in order of (published, id), so the order of arrival changes nothing.
``renamed`` carries the ids over: a story's id is that of the article that founded it. Knows no text and no store.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from news.likeness import SAME_STORY

SUPPORT = 0.5  # mean score against the members it was compared with, for an article to join
BRIDGE = 0.7  # mean score between two stories, for an article that belongs to both to make them one

Pair = tuple[str, str]  # article ids, the smaller first
_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An article as a story counts it."""

    id: str
    published: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """What the editor decided, for good: pairs of article ids. What must part is never together."""

    must_join: frozenset[Pair] = frozenset()
    must_part: frozenset[Pair] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    id: str  # the id of the article that founded it
    members: tuple[Member, ...]  # in order of (published, id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrouped:
    """The stories of a neighbourhood; those of before that are gone lead on to one of them: (old id, new id)."""

    stories: tuple[Story, ...]
    aliases: tuple[Pair, ...]


def pair(a: str, b: str) -> Pair:
    return (a, b) if a < b else (b, a)


def regroup(
    members: Iterable[Member],
    *,
    scores: Mapping[Pair, float],
    before: Mapping[str, str],
    verdicts: Verdicts = Verdicts(),
) -> Regrouped:
    """Group a neighbourhood anew and carry its ids over.

    ``before`` maps article ids to the story each was in; articles that had none are new.
    """
    groups = grouped(members, scores=scores, verdicts=verdicts)
    return renamed(groups, before=before)


def grouped(
    members: Iterable[Member], *, scores: Mapping[Pair, float], verdicts: Verdicts = Verdicts()
) -> tuple[tuple[Member, ...], ...]:
    """The members divided into stories, stories and members in order of (published, id)."""
    ordered = sorted({member.id: member for member in members}.values(), key=_when)
    links = _Links(scores, verdicts)
    groups: list[_Group] = []
    for unit in _units(ordered, verdicts):
        _place(unit, groups, links)
    found = (tuple(sorted(group.members, key=_when)) for group in groups)
    return tuple(sorted(found, key=lambda group: _when(group[0])))


def renamed(groups: Sequence[tuple[Member, ...]], *, before: Mapping[str, str]) -> Regrouped:
    """Give groups the ids their members' stories had.

    An id stays with the part that holds its founder, or most of its members where the founder is gone; of several in
    one group the one whose founder was published first stays, the others lead on to it.
    """
    place_of = {member.id: place for place, group in enumerate(groups) for member in group}
    held: list[list[tuple[datetime, str]]] = [[] for _ in groups]
    lost: list[tuple[str, int]] = []
    for story in sorted({before[name] for name in place_of if name in before}):
        came = [place_of[name] for name, was in before.items() if was == story and name in place_of]
        place = place_of.get(story)
        if place is None:
            place = min(came, key=lambda at: (-came.count(at), at))
        first = next((m.published for m in groups[place] if m.id == story), None)
        held[place].append((first or groups[place][0].published, story))
        lost.append((story, place))
    ids = [min(names)[1] if names else group[0].id for names, group in zip(held, groups, strict=True)]
    stories = tuple(Story(id=name, members=group) for name, group in zip(ids, groups, strict=True))
    return Regrouped(
        stories=stories, aliases=tuple((story, ids[place]) for story, place in lost if ids[place] != story)
    )


def _when(member: Member) -> tuple[datetime, str]:
    return (member.published, member.id)


@dataclass(slots=True)
class _Group:
    units: list[list[Member]] = field(default_factory=list)

    @property
    def members(self) -> list[Member]:
        return [member for unit in self.units for member in unit]


class _Links:
    """What is known between two sets of articles."""

    def __init__(self, scores: Mapping[Pair, float], verdicts: Verdicts) -> None:
        self._known: dict[str, dict[str, float]] = {}
        for (a, b), score in scores.items():
            self._known.setdefault(a, {})[b] = score
            self._known.setdefault(b, {})[a] = score
        self._apart: dict[str, set[str]] = {}
        for a, b in verdicts.must_part:
            self._apart.setdefault(a, set()).add(b)
            self._apart.setdefault(b, set()).add(a)

    def between(self, ours: Iterable[Sequence[Member]], theirs: Sequence[Sequence[Member]]) -> list[float]:
        """The best score of each compared pair of units: what the editor joined may be told in different words."""
        found = (self._best(unit, other) for unit in ours for other in theirs)
        return [score for score in found if score is not None]

    def _best(self, unit: Sequence[Member], other: Sequence[Member]) -> float | None:
        scores = (self._known.get(ours.id, {}).get(theirs.id) for ours in unit for theirs in other)
        return max((score for score in scores if score is not None), default=None)

    def parted(self, ours: Iterable[Member], theirs: Iterable[Member]) -> bool:
        other = {member.id for member in theirs}
        return any(not other.isdisjoint(self._apart.get(member.id, ())) for member in ours)


def _units(ordered: Sequence[Member], verdicts: Verdicts) -> list[list[Member]]:
    """Members that the editor joined, as one; the others one by one. In order of their first members."""
    by_id = {member.id: member for member in ordered}
    unit_of = {member.id: [member] for member in ordered}
    links = _Links({}, verdicts)
    for a, b in sorted(verdicts.must_join):
        if a in by_id and b in by_id:
            ours, theirs = unit_of[a], unit_of[b]
            if ours is not theirs and not links.parted(ours, theirs):
                ours += theirs
                unit_of |= {member.id: ours for member in theirs}
    units = {id(unit): unit for unit in unit_of.values()}.values()
    return sorted((sorted(unit, key=_when) for unit in units), key=lambda unit: _when(unit[0]))


def _place(unit: list[Member], groups: list[_Group], links: _Links) -> None:
    """Put a unit into the story it has most in common with, or begin one; stories it proves to be one become one."""
    fitting: list[tuple[float, int]] = []
    for at, group in enumerate(groups):
        known = links.between([unit], group.units)
        if not known or max(known) < SAME_STORY or links.parted(unit, group.members):
            continue
        support = sum(known) / len(known)
        if support >= SUPPORT:
            fitting.append((-support, at))
    fitting.sort()
    if not fitting:
        groups.append(_Group([unit]))
        return
    home = groups[fitting[0][1]]
    joined: list[_Group] = []
    for _, at in fitting[1:]:
        other = groups[at]
        known = links.between(home.units, other.units)
        if not links.parted(home.members, other.members) and (not known or sum(known) / len(known) >= BRIDGE):
            home.units += other.units
            joined.append(other)
    home.units.append(unit)
    groups[:] = [group for group in groups if all(group is not gone for gone in joined)]
