"""Whether text shows the remains of a wrong decoding, which no reader can read. Judges, repairs nothing."""

import re

from arabic.code_pages import CONTINUED, LOST, SPECIAL
from arabic.misreadings import ABOVE, ARABIC_IN_WESTERN, LETTERS, SIGN_IN_ARABIC, is_all_above

_SHOWN_WESTERN = re.compile(f"[ØÙÚÛ][{LOST}?]?(?:{CONTINUED}|(?=[ØÙÚÛ]))|Ã[\x80-\x9f{re.escape(SPECIAL)}]")
_BESIDE_ARABIC = re.compile(f"[ØÙ][{LOST}?]?[{LETTERS}]|[{LETTERS}\u064b-\u0652][ØÙ]|â€|ðŸ|â\x80")
_OTHER_SCRIPTS = re.compile(f"[×ÐÑ]{CONTINUED}")
_QUESTIONS = re.compile(rf"(?<!\S)[?{LOST}]{{3,}}(?!\S)")
_WORD = re.compile(r"[^\W\d_]+")


def looks_broken(text: str, *, strictly: bool = False) -> bool:
    """Whether ``text`` shows what no reader can read: the remains of a wrong decoding.

    ``strictly`` asks of text that has just been repaired, in which nothing may be left that was broken twice.
    """
    if "???" in text or LOST * 3 in text:
        lost = len(_QUESTIONS.findall(text))
        if lost >= 2 and lost * 2 > len(_WORD.findall(text)):
            return True
    if text.isascii():
        return False
    if _BESIDE_ARABIC.search(text) or len(_SHOWN_WESTERN.findall(text)) > 1 or len(SIGN_IN_ARABIC.findall(text)) > 2:
        return True
    if len(_OTHER_SCRIPTS.findall(text)) > 2:
        return True
    above = [word for word in ABOVE.findall(text) if is_all_above(word)]
    if strictly and 2 * sum(map(bool, map(ARABIC_IN_WESTERN.fullmatch, above))) > len(_WORD.findall(text)):
        return True
    above = [word for word in above if len(word) > 2]
    if not above:
        return False
    strange = [word for word in above if ARABIC_IN_WESTERN.fullmatch(word)]
    return max(map(len, above)) > 3 or (strictly and bool(strange)) or len(strange) * 3 > len(_WORD.findall(text))
