"""From the outlines of an OPML file to sources: which are new, which cannot be taken and why. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from arabic.fold import folded_words
from arabic.lexicon import Lexicon
from feeds.address import CheckedUrl, check_url, mask
from feeds.characters import drop_unwanted
from feeds.outlines import Listed, Outlines
from feeds.sources_edit import propose_ids
from feeds.sources_values import LONGEST_LINE
from feeds.sources_yaml import MISLEADING
from news.categories import CATEGORIES
from news.types import Configuration, Failed, Problem, Source

THERE = "there_already"
_BREAKS = re.compile(r"[\t\r\n]")


def _definite(name: str) -> str:
    """علوم وتقنية → العلوم والتقنية"""
    first, *others = name.split()
    return " ".join([f"ال{first}", *(re.sub("^و", "وال", word) for word in others)])


# As people name their folders: in any spelling, with the article or without.
_CATEGORY_NAMED = Lexicon(
    (name, category.id) for category in CATEGORIES for name in (category.id, category.name, _definite(category.name))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An outline that became a source."""

    line: int
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """An outline that did not. ``url`` is masked, ``id`` that of the source that is there already."""

    line: int
    title: str
    url: str
    reason: str
    why: str
    id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownFolder:
    """A folder, or what its sources had as category, that is none of our categories."""

    line: int  # of the first source in it
    name: str
    sources: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """What an OPML file brings, in its order."""

    taken: tuple[Taken, ...]
    left_out: tuple[LeftOut, ...]
    unknown_folders: tuple[UnknownFolder, ...]
    problems: tuple[Problem, ...]  # of the file


def plan_import(outlines: Outlines, configuration: Configuration) -> Import:
    """What becomes of every outline. One address is one source, however it is written, here and in ``sources.yml``."""
    there = {check_url(source.url): source for source in reversed(configuration.sources)}
    new: dict[CheckedUrl, Listed] = {}
    left_out: list[LeftOut] = []
    repeated: list[tuple[Listed, CheckedUrl]] = []
    for one in outlines.listed:
        address = one.refused or check_url(one.url)
        if isinstance(address, Failed):
            left_out.append(_left_out(one, address.reason, address.message))
        elif address in there:
            source = there[address]
            left_out.append(_left_out(one, THERE, f"is there already, as {source.id!r} ({source.title})", source.id))
        elif address in new:
            repeated.append((one, address))
        else:
            new[address] = one
    ids = propose_ids((one.url for one in new.values()), (source.id for source in configuration.sources))
    taken = {address: _taken(one, id) for (address, one), id in zip(new.items(), ids, strict=True)}
    for one, address in repeated:
        first = taken[address]
        left_out.append(
            _left_out(one, THERE, f"is in line {first.line} already, as {first.source.id!r}", first.source.id)
        )
    return Import(
        taken=tuple(taken.values()),
        left_out=tuple(sorted(left_out, key=lambda out: out.line)),
        unknown_folders=_unknown_folders(zip(new.values(), taken.values(), strict=True)),
        problems=outlines.problems,
    )


def _left_out(one: Listed, reason: str, why: str, id: str | None = None) -> LeftOut:
    return LeftOut(line=one.line, title=one.title, url=mask(one.url), reason=reason, why=why, id=id)


def _taken(one: Listed, id: str) -> Taken:
    title = drop_unwanted(MISLEADING.sub("", _BREAKS.sub(" ", one.title)))[:LONGEST_LINE].strip()
    return Taken(line=one.line, source=Source(id=id, title=title or id, url=one.url, category=_category(one)))


def _category(one: Listed) -> str | None:
    """That of the innermost folder which is named as one of ours is; else that of its own attribute."""
    terms = (part for term in one.categories for part in reversed(term.split("/")))
    named = (_CATEGORY_NAMED.whole(folded_words(name)) for name in (*reversed(one.folders), *terms))
    return next((id for id in named if id is not None), None)


def _unknown_folders(pairs: Iterable[tuple[Listed, Taken]]) -> tuple[UnknownFolder, ...]:
    found: dict[str, list[int]] = {}
    for one, taken in pairs:
        name = " / ".join(one.folders or one.categories)
        if name and taken.source.category is None:
            found.setdefault(name, []).append(taken.line)
    return tuple(UnknownFolder(line=lines[0], name=name, sources=len(lines)) for name, lines in found.items())
