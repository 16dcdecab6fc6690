"""Feed documents that nobody would write: known elements in any order, repeated, empty, nested.

Drawn from a Random, so that hypothesis may drive it as well as a seed.
"""

from collections.abc import Sequence
from random import Random

PREFIXES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "media": "http://search.yahoo.com/mrss/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "thr": "http://purl.org/syndication/thread/1.0",
    "georss": "http://www.georss.org/georss",
    "odd": "urn:odd",
}
ATOM = "http://www.w3.org/2005/Atom"
RSS_10 = "http://purl.org/rss/1.0/"
TEXTS = (
    "", "  ", "نص", "نص <b>عريض</b>", "<p>فقرة</p> &amp; ختام", "a & b", "&nbsp;نص", "نص &hellip; نص", "x</b>&amp;",
    "x </p> &bogus;", "<script>x</script>", "<foo>x</foo>", "<br/>", "https://outlet.example/1?x=1&y;=2",
    "http:////outlet.example//x", "//outlet.example/p", "/news/7", "tag:outlet.example,2026:1",
    "desk@outlet.example (سلمى)",
    "سلمى <desk@outlet.example>", "desk@outlet.example", "سياسة, رياضة", "Sat, 07 Nov 2026 10:00:00 +0300",
    "2026-11-07T10:00:00Z", "12", "hourly", "ar-EG", "ar_EG", "\N{NO-BREAK SPACE}نص\N{NO-BREAK SPACE}", "été",
    "&#8217;x", "[1]", "yes", "45.2 13.1",
)  # fmt: skip
_PLAIN = (
    "title link description summary subtitle tagline content content:encoded guid id author managingEditor webMaster"
    " pubDate published issued updated modified lastBuildDate dc:date dc:creator dc:title dc:description dc:subject"
    " dc:language dc:publisher dc:rights dc:contributor dc:format language category keywords rights copyright logo icon"
    " ttl sy:updatePeriod sy:updateFrequency generator comments slash:comments odd:title odd:thing media:title"
    " media:description media:credit media:keywords media:category media:thumbnail media:content media:group"
    " media:rating media:player media:text itunes:author itunes:summary itunes:subtitle itunes:image itunes:keywords"
    " itunes:category itunes:explicit itunes:owner itunes:duration itunes:title image enclosure source atom:link"
    " atom:author atom:updated atom:summary atom:content atom:title atom:id atom:category contributor name email uri"
    " url dcterms:issued dcterms:modified dcterms:created dcterms:valid cloud docs thr:in-reply-to georss:point"
    " skipHours expirationDate"
)
_REFUSED = "date textInput abstract body tags fullitem georss:where links title_detail"
CHILDREN = {
    "media:group": "media:content media:title media:thumbnail media:description media:keywords media:category odd:x",
    "media:content": "media:title media:thumbnail media:description media:credit media:text",
    "author": "name email uri url odd:x",
    "atom:author": "atom:name atom:email atom:uri",
    "managingEditor": "name email",
    "contributor": "name email uri",
    "itunes:owner": "itunes:name itunes:email name",
    "image": "url title link width height description slash:x",
    "source": "title id link",
    "itunes:category": "itunes:category",
    "skipHours": "hour",
    "odd:thing": "odd:x odd:thing generator",
}
_TYPES = ("text/html", "text", "html", "text/plain", "xhtml", "HTML", "image/jpeg", "")
_URLS = ("https://outlet.example/2", "/r.jpg", "", "x y")
VALUES = {
    "type": _TYPES, "href": _URLS, "url": _URLS, "rel": ("alternate", "self", "enclosure", "Related", ""),
    "isPermaLink": ("true", "false", "True"), "medium": ("image", "video"), "text": ("News", ""), "term": ("سياسة", ""),
    "scheme": ("https://outlet.example/s", ""), "domain": ("d",), "label": ("وسم", ""), "length": ("12", "x", "٣"),
    "src": ("x",),
}  # fmt: skip
_LINK, _CATEGORY = "href rel type length url", "domain term scheme label"
_WITH_TYPE = (
    "title summary description subtitle rights atom:content atom:title atom:summary media:title media:description"
)
ATTRIBUTES = {
    "link": _LINK,
    "atom:link": _LINK,
    "category": _CATEGORY,
    "atom:category": _CATEGORY,
    "media:category": "scheme label",
    "guid": "isPermaLink",
    "enclosure": "url type length href",
    "media:content": "url type medium",
    "media:thumbnail": "url",
    "itunes:image": "href url",
    "itunes:category": "text",
    "source": "url",
    "content": "type src",
    **dict.fromkeys(_WITH_TYPE.split(" "), "type"),
}
MARKUP = (
    "<p>فقرة &amp; x</p>", "<br/>", "نص", '<a href="/x" REL="A" title=\'"q"\'>ر</a>', "<ul><li>1</li> <li/></ul>",
    "<!-- c --><i>x</i>",
)  # fmt: skip
INHERITED = ("xml:lang='fr'", "xml:lang='ar_SA'", "xml:lang=''", "xml:base='https://base.example/d/'") * 4 + (
    "xml:base='/d/'",
)


def odd_document(random: Random) -> bytes:
    """RSS, RDF or Atom of one to three entries."""
    kind = random.choice(("rss", "rss", "atom", "rdf"))
    names = random.sample(_PLAIN.split(), random.randint(3, 14))
    if random.random() < 0.05:
        names.append(random.choice(_REFUSED.split()))
    atom_prefix = RSS_10 if kind == "rdf" else ATOM  # declared beside, Atom's would make it Atom to feedparser
    declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in {**PREFIXES, "atom": atom_prefix}.items())
    root = f"{declared} {_rarely(random, INHERITED, 0.3)}"

    def some(most: int) -> str:
        return "\n".join(_element(random, random.choice(names), kind == "atom") for _ in range(random.randint(0, most)))

    def entries(tag: str) -> str:
        about = random.choice(("", "", f"rdf:about='https://outlet.example/about' {_rarely(random, INHERITED, 0.3)}"))
        return "".join(
            f"<{tag} {about}>{random.choice(('', '<title>خبر</title>'))}{some(7)}</{tag}>"
            + (some(1) if kind != "rdf" else "")
            for _ in range(random.randint(1, 3))
        )

    if kind == "atom":
        return f'<feed xmlns="{ATOM}" {root}>{some(5)}{entries("entry")}</feed>'.encode()
    if kind == "rdf":
        image = _rarely(random, (_element(random, "image", False),), 0.3)
        inner = f"<channel rdf:about='x'>{some(5)}</channel>{image}{entries('item')}"
        return f'<rdf:RDF xmlns="{RSS_10}" {root}>{inner}</rdf:RDF>'.encode()
    version = random.choice(("2.0",) * 6 + ("0.91", "0.92", "1.0"))
    return f'<rss version="{version}" {root}><channel>{some(5)}{entries("item")}{some(2)}</channel></rss>'.encode()


def _element(random: Random, name: str, is_atom: bool, depth: int = 0) -> str:
    chosen = {key: random.choice(VALUES[key]) for key in ATTRIBUTES.get(name, "").split() if random.random() < 0.35}
    attributes = "".join(f' {key}="{value}"' for key, value in chosen.items())
    attributes += (
        " " + _rarely(random, INHERITED, 0.03) + " " + _rarely(random, ("foo='1'",) * 9 + ("odd:url='1'",), 0.03)
    )
    inner = ""
    if is_atom and chosen.get("type") == "xhtml" and random.random() < 0.8:
        inner = _xhtml(random)
    elif name in CHILDREN and depth < 3 and random.random() < 0.7:
        children = [random.choice(CHILDREN[name].split()) for _ in range(random.randint(1, 4))]
        inner = "\n".join(_element(random, child, is_atom, depth + 1) for child in children)
        inner += _rarely(random, ("نص",), 0.1)
    elif random.random() < 0.9:
        inner = _text(random)
    return f"<{name}{attributes}>{inner}</{name}>"


def _text(random: Random) -> str:
    text = _rarely(random, ("Ã©tÃ©",), 0.005) or random.choice(TEXTS)
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    written = (escaped, escaped, f"\n {escaped}\n", f"<![CDATA[{text}]]>", f"{escaped}<!-- c --><![CDATA[{text}]]>")
    return random.choice(written)


def _xhtml(random: Random) -> str:
    inner = "".join(random.choice(MARKUP) for _ in range(random.randint(0, 3)))
    div = f'<div xmlns="http://www.w3.org/1999/xhtml">{inner}</div>'
    return random.choice((div, f"\n {div}\n", div + div, f"نص{div}", inner))


def _rarely(random: Random, choices: Sequence[str], share: float) -> str:
    return random.choice(choices) if random.random() < share else ""


_USUAL_RSS = (
    "<title>{text}</title>", "<title>خبر</title>", "<link>https://outlet.example/{n}</link>", "<link>{text}</link>",
    "<guid>https://outlet.example/{n}</guid>", "<guid isPermaLink='false'>{n}</guid>", "<guid>{text}</guid>",
    "<pubDate>Sat, 07 Nov 2026 10:00:00 +0300</pubDate>", "<pubDate>{text}</pubDate>",
    "<dc:date>2026-11-07T10:00:00Z</dc:date>", "<dc:creator>{text}</dc:creator>", "<author>سلمى حداد</author>",
    "<category>{text}</category>", "<category domain='d'>سياسة</category>", "<category domain='d'>{text}</category>",
    "<description>{text}</description>", "<description>{text}</description>", "<itunes:summary>{text}</itunes:summary>",
    "<content:encoded>{text}</content:encoded>", "<comments>https://outlet.example/{n}#c</comments>",
    "<slash:comments>3</slash:comments>", "<odd:thing id='1'>x</odd:thing>", "<odd:thing base='/x'>x</odd:thing>",
    "<enclosure url='https://outlet.example/{n}.mp3' type='Audio/mpeg' length='12'/>", "<enclosure url='' type='x/y'/>",
    "<media:thumbnail url='https://outlet.example/{n}.jpg' width='1'/>", "<media:thumbnail/>",
    "<media:content url='https://outlet.example/{n}.png' medium='image'/>", "<media:content type='image/png'/>",
    "<media:content url='https://outlet.example/{n}.mp4' type='video/mp4'/>", "<dc:publisher>{text}</dc:publisher>",
    "<atom:link rel='self' href='https://outlet.example/{n}'/>", "<title xml:lang='fr'>x</title>",
    "<description type='text'>{text}</description>", "<source url='https://outlet.example/'>{text}</source>",
    f"<dc:creator>{'أ' * 39} {'&amp;' * 30}</dc:creator>", f"<pubDate>{'ا' * 230}</pubDate>",
)  # fmt: skip
_USUAL_ATOM = (
    "<title>{text}</title>", "<title type='html'>{text}</title>", "<title type='image/png'>{text}</title>",
    "<link href='https://outlet.example/{n}'/>", "<link rel='alternate' type='text/html' href='/{n}'/>",
    "<link rel='alternate' type='application/json' href='/{n}'/>", "<link href=''/>",
    "<link rel='enclosure' type='audio/mpeg' length='12' href='https://outlet.example/{n}.mp3'/>",
    "<link rel='enclosure' href='https://outlet.example/{n}.jpg' type='image/jpeg'/>", "<link rel='edit' href='/e'/>",
    "<id>urn:outlet:{n}</id>", "<id>{text}</id>", "<published>2026-11-07T10:00:00+03:00</published>",
    "<updated>2026-11-07T10:00:00Z</updated>", "<updated>{text}</updated>", "<author><name>{text}</name></author>",
    "<author>\n<name>سلمى حداد</name>\n</author>", "<author><name>أ</name><uri>/a</uri></author>", "<author>x</author>",
    "<author>x<name>ب</name></author>", "<author><name>ب</name>x</author>", "<author><email>{text}</email></author>",
    "<category term='سياسة'/>", "<category term=''/>", "<category term='x' label='سياسة'/>",
    "<category term='x'>y</category>",
    "<summary>{text}</summary>", "<summary type='html'>{text}</summary>", "<content type='html'>{text}</content>",
    "<content type='TEXT'>{text}</content>", "<content type='xhtml'><div>{text}</div></content>",
    "<content type='html' xml:lang='fr'>{text}</content>", "<rights>{text}</rights>", "<odd:thing id='1'>x</odd:thing>",
)  # fmt: skip


def usual_document(random: Random) -> bytes:
    """What most feeds look like: every field at most once, hardly ever something else."""
    is_atom = random.random() < 0.4
    declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in {**PREFIXES, "atom": ATOM}.items())
    usual = _USUAL_ATOM if is_atom else _USUAL_RSS

    def entry(number: int) -> str:
        chosen = random.sample(usual, random.randint(1, 7))
        if random.random() < 0.7:  # each name once
            chosen = list({form.split(">")[0].split(" ")[0].rstrip("/"): form for form in chosen}.values())
        return "".join(form.format(n=number, text=_text(random)) for form in chosen)

    entries = [entry(number) for number in range(random.randint(1, 4))]
    language = _rarely(random, ("xml:lang='ar'", "xml:lang='fr'", "xml:base='https://b.example/'"), 0.3)
    about = f"<title>ق</title>{_rarely(random, ('<link>https://outlet.example/</link>',), 0.5)}"
    if is_atom:
        inner = "".join(f"<entry>{entry}</entry>" for entry in entries)
        return f'<feed xmlns="{ATOM}" {declared} {language}>{about}{inner}</feed>'.encode()
    inner = "".join(f"<item>{entry}</item>" for entry in entries)
    return f'<rss version="2.0" {declared} {language}><channel>{about}{inner}</channel></rss>'.encode()
