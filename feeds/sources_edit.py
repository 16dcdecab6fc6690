"""Writing ``sources.yml``: more sources, and every byte that was there still there, comments and all.

The text is inserted, never composed anew, and read again before it is handed out. What is right is not judged here.
"""

import json
import os
import re
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from feeds.address import CheckedUrl, check_url, host_group
from feeds.sources_tree import LINE_END, Mapping, Node, Page, Scalar, Sequence, plain
from feeds.sources_values import ID
from feeds.sources_yaml import plain_value, read_yaml
from news.errors import ConfigurationError, KhulasaError
from news.types import Source

# Parts of a host that say how something is served, not whose it is.
_SERVING = frozenset({"www", "www2", "feeds", "feed", "rss", "xml", "m", "api"})
# A value that YAML takes for what it looks like: begins with a letter or digit, and holds nothing that means something.
_PLAIN = re.compile(r"[^\W_](?:[\w /()؟،.%=&?+~-]|:(?=[\w/])|#(?<=[\w/]#))*")
_YAML_ESCAPES = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")


def append_sources(page: Page, sources: tuple[Source, ...]) -> Page:
    """``page`` with ``sources`` at the end of its ``sources:``, all else as it was.

    Raises ConfigurationError where the text is no YAML, KhulasaError where the sources cannot be written into it.
    """
    _be_yaml(page)
    if page.root is None:
        added = _with_section(page, None, sources)
    elif not isinstance(page.root, Mapping):
        raise KhulasaError("the file is no mapping (sources: …): write the source into it by hand")
    else:
        _, listed = page.root.entries.get("sources", (None, None))
        if isinstance(listed, Sequence) and listed.items:
            added = _with_items(page, listed, sources)
        elif page.root.is_flow:
            raise KhulasaError("the file is one mapping in braces: write the source into it by hand")
        else:
            added = _with_section(page, listed, sources)
    after = read_yaml(added)
    _be_yaml(after)
    _compare(page, after, sources)
    return after


def _with_items(page: Page, listed: Sequence, sources: tuple[Source, ...]) -> str:
    """After the last item, written as the last item is."""
    text, last = page.text, listed.items[-1]
    if listed.is_flow:
        written = [", ".join(f"{name}: {_quoted(value)}" for name, value in _keys(source)) for source in sources]
        return text[: last.end] + "".join(f", {{{keys}}}" for keys in written) + text[last.end :]
    end = _end_of_block(page, listed)
    dash = page.place(listed.start)[1] - 1
    gap = 2
    if isinstance(last, Mapping) and not last.is_flow:
        _, column = page.place(last.start)
        before = text[last.start - column + 1 : last.start]
        if before.strip(" ") == "-" and before.index("-") == dash:
            gap = column - 1 - dash
    return _inserted(text, end, _blocks(sources, dash, gap))


def _with_section(page: Page, listed: Node | None, sources: tuple[Source, ...]) -> str:
    """Where there is no source yet: ``sources:`` is absent, or has no value, or ``[]``."""
    text = page.text
    root = page.root
    indent = page.place(root.start)[1] - 1 if isinstance(root, Mapping) else 0
    if listed is None:
        end = _end_of_document(page)
        return _inserted(text, end, [" " * indent + "sources:", *_blocks(sources, indent + 2, 2)])
    if isinstance(listed, Sequence) or (isinstance(listed, Scalar) and listed.value is None):
        # The empty value goes, with the space before it; a remark behind it stays.
        start = len(text[: listed.start].rstrip(" ")) if listed.end > listed.start else listed.start
        text = text[:start] + text[listed.end :]
        return _inserted(text, _end_of_line(text, start), _blocks(sources, indent + 2, 2))
    raise KhulasaError("sources: in the file is no list: write the source into it by hand")


def _blocks(sources: tuple[Source, ...], dash: int, gap: int) -> list[str]:
    lead = [" " * dash + "-" + " " * (gap - 1), *[" " * (dash + gap)] * 8]
    return [
        f"{before}{name}: {_scalar(value)}"
        for source in sources
        for before, (name, value) in zip(lead, _keys(source), strict=False)
    ]


def _keys(source: Source) -> Iterator[tuple[str, str]]:
    yield "id", source.id
    yield "title", source.title
    yield "url", source.url
    if source.country is not None:
        yield "country", source.country
    if source.category is not None:
        yield "category", source.category
    if source.every is not None:
        seconds = int(source.every.total_seconds())
        unit, length = next((u, n) for u, n in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)) if seconds % n == 0)
        yield "every", f"{seconds // length}{unit}"
    if source.schedule is not None:
        yield "schedule", source.schedule
    if source.timezone is not None:
        yield "timezone", source.timezone


def _scalar(value: str) -> str:
    """As a person would write it, where that says the same."""
    is_plain = _PLAIN.fullmatch(value) and not value.endswith((" ", ":")) and plain_value(value) == value
    return value if is_plain else _quoted(value)


def _quoted(value: str) -> str:
    return _YAML_ESCAPES.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))


def _inserted(text: str, at: int, lines: list[str]) -> str:
    """``text`` with whole lines at ``at``, which is the beginning of a line or the end of one."""
    first = LINE_END.search(text)
    line_end = first[0] if first else "\n"
    before, after = text[:at], text[at:]
    if before and not before.endswith(("\n", "\r")):
        before += line_end
        after = after.removeprefix(line_end)
    return before + "".join(line + line_end for line in lines) + after


def _end_of_line(text: str, offset: int) -> int:
    found = LINE_END.search(text, offset)
    return found.start() if found else len(text)


def _end_of_block(page: Page, listed: Sequence) -> int:
    """The end of the line on which the last item ends, its remark included."""
    last = _last(listed)
    if not isinstance(last, Scalar) or last.style not in {"|", ">"}:
        return _end_of_line(page.text, last.end)
    # The scanner lets a literal reach to the next key. It ends with its last line that is indented as its first is.
    text = page.text[: last.end]
    end = _end_of_line(text, last.start)
    indent = 0
    for row in re.compile(r"^( *)[^\s][^\r\n]*", re.MULTILINE).finditer(text, end):
        indent = indent or len(row[1])
        if len(row[1]) < indent:
            break
        end = row.end()
    return end


def _last(node: Node) -> Node:
    """The last thing within ``node`` that is written with its own end."""
    while True:
        if isinstance(node, Mapping) and not node.is_flow and node.entries:
            node = next(reversed(node.entries.values()))[1]
        elif isinstance(node, Sequence) and not node.is_flow and node.items:
            node = node.items[-1]
        else:
            return node


def _end_of_document(page: Page) -> int:
    """Before the mark that ends a document (...), else the end of the file."""
    found = re.search(r"^\.\.\.(?=\s|\Z)", page.text, re.MULTILINE)
    return found.start() if found else len(page.text)


def _be_yaml(page: Page) -> None:
    if page.mistakes:
        raise ConfigurationError("sources.yml", tuple(page.mistakes))


def _compare(before: Page, after: Page, sources: tuple[Source, ...]) -> None:
    """Raises KhulasaError unless ``after`` says what ``before`` says, and the sources besides."""
    old = plain(before.root) if before.root is not None else {}
    if not isinstance(old, dict):
        old = {}
    expected = old | {"sources": [*(old.get("sources") or ()), *(dict(_keys(source)) for source in sources)]}
    if after.root is None or plain(after.root) != expected:
        raise KhulasaError("the sources do not fit into the file as it is: write them into it by hand")


def propose_id(url: str, taken: Iterable[str]) -> str:
    """An id for the source at ``url``, from its host; with a number behind it where that is taken."""
    return next(propose_ids((url,), taken))


def propose_ids(urls: Iterable[str], taken: Iterable[str]) -> Iterator[str]:
    """The same for many, in their order: none is proposed twice."""
    gone = set(taken)
    numbers: dict[str, int] = {}  # reached so far: a platform of thousands of sources is not counted through for each
    for url in urls:
        name = _name(url)
        number = numbers.get(name, 1)
        while (proposed := _numbered(name, number)) in gone:
            number += 1
        numbers[name] = number
        gone.add(proposed)
        yield proposed


def _numbered(name: str, number: int) -> str:
    tail = f"-{number}" if number > 1 else ""
    return name[: 64 - len(tail)].rstrip("-") + tail if tail else name


def _name(url: str) -> str:
    address = check_url(url)
    if not isinstance(address, CheckedUrl):
        return "source"
    host = address.host.rstrip(".")
    group = host_group(address)
    if address.literal is None and ":" not in group:  # www.feeds.outlet.com.eg → outlet
        owner = group.partition(".")[0]
        parts = [part for part in host.removesuffix(group).split(".") if part and part not in _SERVING]
        host = ".".join([*parts, owner])
    slug = re.sub(r"[^a-z0-9-]+", "-", host.lower()).strip("-")[:64].strip("-")
    return slug if re.fullmatch(ID, slug) else "source"


def write_whole(path: Path, text: str) -> None:
    """Put ``text`` in the place of the file, whole or not at all; its mode stays, and a link to it stays a link.

    Raises KhulasaError where the folder cannot be written to.
    """
    target = path.resolve()
    try:
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o644
        body = text.encode("utf-8")
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
            try:
                file.write(body)
                file.flush()
                os.fchmod(file.fileno(), mode)
                os.fsync(file.fileno())
                Path(file.name).replace(target)
            except BaseException:
                with suppress(FileNotFoundError):
                    Path(file.name).unlink()
                raise
        folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except (OSError, UnicodeEncodeError) as fault:
        raise KhulasaError(f"{path} cannot be written: {getattr(fault, 'strerror', None) or fault}") from fault
