"""How Arabic counts things: one and two have words of their own, 3 to 10 take the plural, 11 to 99 the singular in the
accusative, round hundreds the plain singular.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Noun:
    """The forms of a noun that is counted."""

    one: str
    two: str
    few: str
    many: str
    hundred: str

    def counted(self, number: int) -> str:
        """``5 مصادر``; the number in the digits that links and dates have, too."""
        if number in (1, 2):
            return (self.one, self.two)[number - 1]
        last = number % 100
        return f"{number} {self.few if 3 <= last <= 10 else self.many if last > 10 else self.hundred}"


NEWS = Noun(one="خبر واحد", two="خبران", few="أخبار", many="خبرا", hundred="خبر")
SOURCES = Noun(one="مصدر واحد", two="مصدران", few="مصادر", many="مصدرا", hundred="مصدر")
