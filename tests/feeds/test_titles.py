"""Titles that were cut off, beside the text below them."""

import pytest

from feeds.titles import LONGEST, whole_title

KNOWN = "إدارة الميناء تعلن موعد وصول"


@pytest.mark.parametrize(
    ("title", "html", "whole", "why"),
    [
        (f"{KNOWN}...", f"<p>{KNOWN} السفينة الأولى. وقال المدير</p>", f"{KNOWN} السفينة الأولى", "a sentence"),
        (f"{KNOWN} الس…", f"<p>{KNOWN} السفينة</p><p>نص</p>", f"{KNOWN} السفينة", "within a word; a paragraph"),
        (f"{KNOWN} […]", f"<img src='x'><p></p><p>{KNOWN} من؟ نعم</p>", f"{KNOWN} من؟", "a question keeps its mark"),
        (f"{KNOWN} …", f"{KNOWN} د. سامر حداد<br>نص", f"{KNOWN} د. سامر حداد", "a point that ends no sentence"),
        (f"{KNOWN} …", f"{KNOWN} …", f"{KNOWN} …", "the text is cut off, too"),
        (f"{KNOWN} …", f"<p>قال إن {KNOWN} السفينة.</p>", f"{KNOWN} …", "the text begins otherwise"),
        (f"{KNOWN} …", f"<p>{KNOWN}.</p>", f"{KNOWN} …", "the text adds nothing"),
        (f"{KNOWN} …", f"<p>{KNOWN} {'كلمة ' * LONGEST}</p>", f"{KNOWN} …", "a paragraph, no title"),
        ("ماذا بعد؟ …", "<p>ماذا بعد؟ سؤال آخر.</p>", "ماذا بعد؟ …", "too little to be certain"),
        (KNOWN, f"<p>{KNOWN} السفينة.</p>", KNOWN, "not cut off"),
        (f"{KNOWN} …", None, f"{KNOWN} …", "no text"),
    ],
)
def test_a_title_is_made_whole_only_where_that_is_certain(title: str, html: str | None, whole: str, why: str) -> None:
    assert whole_title(title, html) == whole, why
