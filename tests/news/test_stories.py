"""Stories: the same for every order of arrival, no chains, ids that stay, the editor's word above all scores."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from arabic.fold import fold
from news.likeness import compare
from news.stories import Member, Pair, Regrouped, Verdicts, grouped, pair, regroup
from news.traits import Traits, keys_of, traits_of
from tests.news.cases import hard_pairs

NO_VERDICTS = Verdicts()
BEGIN = datetime(2026, 11, 20, 6, tzinfo=UTC)


def member(name: str) -> Member:
    """Articles named by letters appear in the order of the alphabet, an hour apart."""
    return Member(id=name, published=BEGIN + timedelta(hours=ord(name[0]) - ord("a")))


def members(names: str) -> list[Member]:
    return [member(name) for name in names]


def scores(**between: float) -> dict[Pair, float]:
    return {pair(names[0], names[1]): score for names, score in between.items()}


def stories(names: str, known: Mapping[Pair, float], verdicts: Verdicts = NO_VERDICTS) -> set[str]:
    groups = grouped(members(names), scores=known, verdicts=verdicts)
    return {"".join(m.id for m in group) for group in groups}


def ids(found: Regrouped) -> dict[str, str]:
    return {"".join(m.id for m in story.members): story.id for story in found.stories}


def test_what_is_linked_is_one_story_and_what_is_not_stands_alone() -> None:
    assert stories("abcd", scores(ab=0.9, bc=0.8, ac=0.9)) == {"abc", "d"}


def test_a_link_to_one_member_does_not_join_what_the_others_deny() -> None:
    assert stories("abcd", scores(ab=0.9, bc=0.9, ac=0.9, cd=0.6, ad=0.1, bd=0.1)) == {"abc", "d"}


def test_a_chain_of_articles_is_no_story() -> None:
    known = scores(ab=0.9, bc=0.8, cd=0.9, ac=0.1, bd=0.1, ad=0.0)
    assert stories("abcd", known) == {"ab", "cd"}


def test_an_article_that_belongs_to_two_stories_makes_them_one() -> None:
    assert stories("abc", scores(ac=0.9, bc=0.95)) == {"abc"}
    assert stories("abc", scores(ac=0.9, bc=0.95, ab=0.1)) == {"a", "bc"}


def test_the_editor_joins_what_no_score_joins_and_parts_what_every_score_joins() -> None:
    join = Verdicts(must_join=frozenset({("a", "d")}))
    assert stories("abcd", scores(ab=0.9), join) == {"abd", "c"}
    part = Verdicts(must_part=frozenset({("a", "c")}))
    assert stories("abc", scores(ab=0.9, ac=1.0, bc=0.9), part) == {"ab", "c"}


def test_what_must_part_is_not_joined_by_an_article_between() -> None:
    part = Verdicts(must_part=frozenset({("a", "b")}))
    assert stories("abc", scores(ac=0.9, bc=0.95), part) == {"a", "bc"}


def test_of_two_verdicts_that_exclude_each_other_the_parting_holds() -> None:
    both = Verdicts(must_join=frozenset({("a", "b"), ("b", "c")}), must_part=frozenset({("a", "c")}))
    assert stories("abc", {}, both) == {"ab", "c"}


def test_a_story_that_grows_keeps_its_id_though_an_older_article_joins() -> None:
    found = regroup(members("abc"), scores=scores(ab=0.9, bc=0.9, ac=0.9), before={"b": "b", "c": "b"})
    assert ids(found) == {"abc": "b"}
    assert found.aliases == ()


def test_a_new_story_has_the_id_of_its_first_member() -> None:
    assert ids(regroup(members("cab"), scores=scores(ab=0.9), before={})) == {"ab": "a", "c": "c"}


def test_when_stories_become_one_the_older_id_stays_and_the_other_leads_on() -> None:
    known = scores(ac=0.9, bc=0.9, ad=0.9, bd=0.9)
    found = regroup(members("abcd"), scores=known, before={"a": "a", "b": "b", "d": "b"})
    assert ids(found) == {"abcd": "a"}
    assert found.aliases == (("b", "a"),)


def test_a_story_that_splits_keeps_its_id_where_its_founder_is() -> None:
    verdicts = Verdicts(must_part=frozenset({("a", "b"), ("a", "c")}))
    before = {"a": "a", "b": "a", "c": "a"}
    found = regroup(members("abc"), scores=scores(ab=0.9, bc=0.9, ac=0.9), before=before, verdicts=verdicts)
    assert ids(found) == {"a": "a", "bc": "b"}
    assert found.aliases == ()


def test_when_its_founder_is_gone_an_id_stays_with_most_of_its_members() -> None:
    before = {"b": "x", "c": "x", "d": "x"}
    found = regroup(members("bcd"), scores=scores(cd=0.9, bc=0.1, bd=0.1), before=before)
    assert ids(found) == {"b": "b", "cd": "x"}


NAMES = "abcdefgh"
KNOWN = st.dictionaries(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda names: names[0] < names[1]),
    st.sampled_from([0.0, 0.2, 0.5, 0.7, 0.9, 1.0]),
    max_size=28,
)
PAIRS = st.frozensets(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda names: names[0] < names[1]), max_size=3
)


@given(KNOWN, PAIRS, PAIRS, st.permutations(NAMES))
def test_the_order_in_which_members_are_given_changes_nothing(
    known: dict[Pair, float], join: frozenset[Pair], part: frozenset[Pair], order: list[str]
) -> None:
    verdicts = Verdicts(must_join=join, must_part=part)
    shuffled = {both: known[both] for both in sorted(known, key=lambda both: order.index(both[0]))}
    found = grouped(members("".join(order)), scores=shuffled, verdicts=verdicts)
    assert found == grouped(members(NAMES), scores=known, verdicts=verdicts)
    assert sorted(m.id for group in found for m in group) == sorted(NAMES)
    together = [{m.id for m in group} for group in found]
    assert not any({a, b} <= group for a, b in part for group in together)


@given(KNOWN, KNOWN)
def test_every_story_has_one_id_and_every_old_id_leads_to_a_story(
    first: dict[Pair, float], second: dict[Pair, float]
) -> None:
    old = regroup(members(NAMES), scores=first, before={})
    before = {m.id: story.id for story in old.stories for m in story.members}
    new = regroup(members(NAMES), scores=second, before=before)
    names = [story.id for story in new.stories]
    assert len(set(names)) == len(names)
    leads = dict(new.aliases)
    assert {leads.get(name, name) for name in before.values()} <= set(names)
    assert not leads.keys() & set(names)


def _day() -> dict[str, Traits]:
    """The two articles of each of our pairs, on one day."""
    articles: dict[str, Traits] = {}
    for number, case in enumerate(hard_pairs()):
        at = BEGIN + timedelta(minutes=7 * number)
        a = traits_of(title=fold(case["title_a"]), text=fold(case["text_a"]), published=at)
        later = at + timedelta(minutes=min(600, int(case["minutes"])))
        b = traits_of(title=fold(case["title_b"]), text=fold(case["text_b"]), published=later)
        articles |= {f"{number:03}a": a, f"{number:03}b": b}
    return articles


DAY = _day()
KEYS = {name: keys_of(traits) for name, traits in DAY.items()}


def _arrived(order: Iterable[str]) -> set[tuple[str, ...]]:
    """The stories after articles came one by one: candidates by keys, then the neighbourhood of each grouped anew."""
    holders: dict[int, list[str]] = {}
    known: dict[Pair, float] = {}
    story_of: dict[str, str] = {}
    near: dict[str, set[str]] = {}
    for name in order:
        near[name] = set()
        for other in {other for key in KEYS[name] for other in holders.get(key, ())}:
            known[pair(name, other)] = likeness = compare(DAY[name], DAY[other]).score
            if likeness >= 0.5:
                near[name].add(other)
                near[other].add(name)
        for key in KEYS[name]:
            holders.setdefault(key, []).append(name)
        reached, asked = {name}, [name]
        while asked:
            new = near[asked.pop()] - reached
            reached |= new
            asked += new
        found = regroup(
            [Member(id=each, published=DAY[each].published) for each in reached],
            scores={both: score for both, score in known.items() if reached.issuperset(both)},
            before={each: story_of[each] for each in reached if each in story_of},
        )
        story_of |= {m.id: story.id for story in found.stories for m in story.members}
    groups: dict[str, list[str]] = {}
    for name in sorted(story_of):
        groups.setdefault(story_of[name], []).append(name)
    return {tuple(group) for group in groups.values()}


IN_TIME = _arrived(sorted(DAY, key=lambda name: (DAY[name].published, name)))


@settings(max_examples=6, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_day_replayed_in_any_order_of_arrival_gives_the_same_stories(chance: Random) -> None:
    order = sorted(DAY)
    chance.shuffle(order)
    assert _arrived(order) == IN_TIME
