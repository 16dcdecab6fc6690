"""Text that was decoded with the wrong encoding before it reached us, made right again where that is certain.

Knows what UTF-8, windows-1256 and ISO-8859-6 look like when taken for windows-1252, ISO-8859-1 or windows-1256, once or
several times over, whole or with letters lost. Knows no feeds: text in, text out; stretches end where markup does.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from arabic.legibility import looks_broken
from arabic.misreadings import ABOVE, Losses, Undone, Way, losses_of, ways

# Each is looked for at memory speed; no text taken for another is without all of them, and clean Arabic has none.
_GIVEN_AWAY_BY = "ØÙÇáÃÛÚÂâðÐÑ×§ˆ„¨±¯\N{REPLACEMENT CHARACTER}"
_BETWEEN = re.compile(r'([<>]|&[lg]t;|"(?=\s*+[:,\]}])|(?<=[:,\[{])\s*+")')
_MOST_LAYERS = 3
_CERTAIN = 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    what: str  # "UTF-8 read as windows-1252"
    places: int  # stretches of text
    confidence: float  # 0 to 1: that of the least certain place


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """``suspects`` counts the stretches that are broken and were left as they were: nobody should read them."""

    text: str
    repairs: tuple[Repair, ...]
    suspects: int


@dataclass(frozen=True, slots=True)
class _Found:
    text: str
    ways: tuple[Way, ...]
    confidence: float


def mend(text: str) -> Mended | None:
    """``text`` with its broken stretches repaired; None where nothing looks broken, which most often costs nothing."""
    if not any(letter in text for letter in _GIVEN_AWAY_BY):
        return None
    stretches = _BETWEEN.split(text)
    losses = losses_of(text)
    broken = {place: _untangle(stretch, losses) for place, stretch in _suspicious(stretches)}
    usual = Counter(found.ways for found in broken.values() if found and found.confidence >= _CERTAIN)
    best = next((ways for ways, _ in usual.most_common() if ways[-1].is_code_page), None)
    if best is not None:
        # «و» stands alone in its stretch: of itself it might be anything.
        broken |= {
            place: None
            for place, text in enumerate(stretches)
            if place not in broken and _is_one_letter(text, best[-1], losses)
        }
    repaired: dict[str, list[float]] = {}
    suspects = 0
    for place, found in broken.items():
        # A text comes from one code page; short stretches look alike in two.
        stray = found is not None and best is not None and found.ways[-1].is_code_page and found.ways != best
        if found is None or found.confidence < _CERTAIN or stray:
            found = _by_example(stretches[place], usual, losses)
        if found is not None:
            stretches[place] = found.text
            repaired.setdefault(", then ".join(way.name for way in found.ways), []).append(found.confidence)
        elif looks_broken(stretches[place]):
            suspects += 1
    if not repaired and not suspects:
        return None
    return Mended(
        text="".join(stretches),
        repairs=tuple(
            Repair(what=what, places=len(confidences), confidence=round(min(confidences), 2))
            for what, confidences in repaired.items()
        ),
        suspects=suspects,
    )


def _suspicious(stretches: list[str]) -> Iterator[tuple[int, str]]:
    for place, stretch in enumerate(stretches):
        if not stretch.isascii() and any(way.may_apply(stretch) for way in ways()):
            yield place, stretch


def _untangle(stretch: str, losses: Losses) -> _Found | None:
    """Undo one layer after the other, as long as that leads somewhere."""
    applied: list[Way] = []
    confidence = 1.0
    text = stretch
    while len(applied) < _MOST_LAYERS:
        way, undone = next(_undone(text, losses), (None, None))
        if way is None or undone is None:
            break
        text, confidence = undone.text, undone.confidence
        applied.append(way)
    if not applied or looks_broken(text, strictly=True):
        return None
    return _Found(text, tuple(applied), confidence)


def _is_one_letter(stretch: str, way: Way, losses: Losses) -> bool:
    words = [] if stretch.isascii() else ABOVE.findall(stretch)
    return bool(words) and all(way.force(word, losses) == "\N{ARABIC LETTER WAW}" for word in words)


def _undone(text: str, losses: Losses) -> Iterator[tuple[Way, Undone]]:
    for way in ways():
        undone = way.undo(text, losses) if way.may_apply(text) else None
        if undone is not None:
            yield way, undone


def _by_example(stretch: str, usual: "Counter[tuple[Way, ...]]", losses: Losses) -> _Found | None:
    """What is too short to tell is broken as the rest of the text is, if that leaves nothing broken."""
    for applied, _ in usual.most_common():
        text: str | None = stretch
        for way in applied:
            text = way.force(text, losses) if text is not None else None
        if text is not None and text != stretch and not looks_broken(text, strictly=True):
            return _Found(text, applied, _CERTAIN)
    return None
