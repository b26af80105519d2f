"""Two groups of paths side by side: the shares, their difference, and how sure it is."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journey.ask import ask
from journey.errors import QuestionError
from journey.inference import difference_of_shares
from journey.paths import Paths, measure_paths, paths_customers, read_paths
from journey.paths.difference import ComparedLink, Part, design_effect
from journey.scope import Scope, read_scope
from tests.drawn import drawn
from tests.paths.test_definition import loaded

GROUPS = {"a": {"customers": ["ann", "bob"]}, "b": {"customers": ["cat", "dan"]}}
LOG = ("ann 09:00 home buy", "bob 09:00 home buy", "cat 09:00 home quit", "dan 09:00 home buy")


def compared(*lines: str, a: Any = GROUPS["a"], b: Any = GROUPS["b"], **q: Any) -> Paths:
    return measure_paths(drawn(*lines), read_paths({"compare": b, **q}), Scope(segment=a))


def links(paths: Paths) -> dict[tuple[int, str, str], ComparedLink]:
    assert paths.comparison is not None
    return {(link.step, link.source, link.target): link for link in paths.comparison.links}


def test_each_flow_has_its_share_in_both_and_their_difference() -> None:
    found = links(compared(*LOG))
    bought = found[1, "home", "buy"]
    assert (bought.a.share, bought.b.share) == (1, 0.5)
    assert bought.difference == pytest.approx(difference_of_shares(2, 2, 1, 2))
    assert (found[1, "home", "quit"].a.count, found[1, "home", "quit"].b.count) == (0, 1)


def test_what_only_the_second_group_does_has_its_own_row() -> None:
    few, many = "ann 09:00 home buy", "\n".join(f"c{n} 09:00 home x" for n in range(9))
    paths = compared(few, many, a={"customers": ["ann"]}, b={"customers": [f"c{n}" for n in range(9)]}, rows=1)
    assert {node.event for node in paths.nodes if node.step == 2} == {"x", "Other"}
    paths = compared(few, "bob 09:00 home buy", many, a={"customers": ["ann", "bob"]}, b={"customers": [f"c{n}" for n in range(9)]}, rows=2)
    assert {node.event for node in paths.nodes if node.step == 2} == {"x", "buy"}


def test_a_large_group_does_not_decide_alone_what_is_shown() -> None:
    many = "\n".join(f"c{n} 09:00 home {'x' if n < 60 else 'y'}" for n in range(100))
    others = {"customers": [f"c{n}" for n in range(100)]}
    paths = compared("ann 09:00 home z", "bob 09:00 home y", many, b=others, rows=1)
    assert [node.event for node in paths.nodes if node.step == 2] == ["y", "Other"]  # 45% of both in the mean; x is 30%, z 25%


def test_other_times_are_compared_by_their_scope() -> None:
    con = drawn("ann 09:00 home buy +7d 09:00 home quit")
    scope = read_scope({"start": "2026-03-09"})
    paths = measure_paths(con, read_paths({"compare": {"scope": {"start": "2026-03-02", "stop": "2026-03-09"}}}), scope)
    assert {key[2]: (link.a.count, link.b.count) for key, link in links(paths).items() if key[0] == 1} == {"buy": (0, 1), "quit": (1, 0)}
    plain = ask(con, {"ask": "paths", "compare": {"scope": {"stop": "2026-03-09"}}, "scope": {"start": "2026-03-09"}})
    assert plain["paths"] == plain["paths_b"] == 1 and plain["links"][0]["difference"] in (1, -1)


def test_a_scope_to_compare_is_checked() -> None:
    with pytest.raises(QuestionError, match="Unknown in scope"):
        compared(*LOG, b={"scope": {"begin": 1}})


def test_a_thin_flow_is_weighed_in_both_together() -> None:
    found = links(compared("ann 09:00 home x", "bob 09:00 home y", "cat 09:00 home x", "dan 09:00 home z", min_count=2))
    assert {key[2] for key in found if key[0] == 1} == {"x", "Other"}


def test_paths_of_customers_with_one_each_are_independent() -> None:
    paths = compared(*LOG)
    assert all(link.effect == 1 for link in links(paths).values())


def test_paths_that_only_copy_each_other_count_as_one_a_customer() -> None:
    """Ten customers with four like sessions each are worth ten draws, not forty."""
    part = Part(count=20, customers=5, total=40, squares=5 * 16, products=5 * 16, total_squares=10 * 16)
    assert design_effect([part]) == pytest.approx(4)
    link = ComparedLink(1, "a", "b", part, part)
    assert link.difference == pytest.approx(difference_of_shares(5, 10, 5, 10))


def test_intervals_of_clustered_paths_hold_what_they_promise() -> None:
    """200 logs of two groups that do not differ, in which every customer has sessions of one kind: coverage near 95%."""
    rng, held = np.random.default_rng(3), 0
    for _ in range(200):
        parts = []
        for _ in range(2):
            owned = rng.integers(1, 6, 80)
            taken = rng.binomial(owned, rng.beta(0.6, 1.4, 80))
            sums = (int(part) for part in (taken.sum(), (taken > 0).sum(), owned.sum(), taken @ taken, taken @ owned, owned @ owned))
            parts.append(Part(*sums))
        difference = ComparedLink(1, "a", "b", parts[0], parts[1]).difference
        assert difference is not None
        held += difference[1] <= 0 <= difference[2]
    assert 0.91 * 200 <= held <= 0.99 * 200


def test_qs_are_of_all_flows_of_the_picture() -> None:
    many = [
        "\n".join(f"{group}{n} 09:00 home {'buy' if n < bought else 'quit'}" for n in range(60)) for group, bought in (("a", 50), ("b", 20))
    ]
    groups = {group: {"customers": [f"{group}{n}" for n in range(60)]} for group in "ab"}
    found = links(compared(*many, **groups))
    bought = found[1, "home", "buy"]
    assert bought.p is not None and bought.q is not None and bought.p <= bought.q < 0.001


def test_an_empty_group_has_no_difference() -> None:
    found = links(compared(*LOG, b={"customers": ["nobody"]}))
    assert all(link.difference is None and link.p is None and link.q is None for link in found.values())
    assert compared("").comparison is not None and links(compared("")) == {}


logs = st.lists(
    st.tuples(st.sampled_from(["ann", "bob", "cat", "dan"]), st.integers(0, 14), st.sampled_from("abc")), min_size=1, max_size=24
)
questions = st.fixed_dictionaries(
    {
        "start": st.sampled_from([None, "a"]),
        "end": st.sampled_from([None, "b"]),
        "steps": st.integers(1, 4),
        "unit": st.sampled_from(["session", "customer", "history"]),
        "min_count": st.integers(0, 3),
    }
)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(logs, questions, st.booleans(), st.integers(1, 3))
def test_each_group_is_counted_as_it_is_alone(log: list[tuple[str, int, str]], q: dict[str, Any], overlap: bool, rows: int) -> None:
    con, _ = loaded(log)
    a, b = Scope(segment=GROUPS["a"]), Scope(segment={"customers": ["bob", "cat"]} if overlap else GROUPS["b"])
    question = read_paths(q | {"rows": rows, "compare": b.segment})
    comparison = measure_paths(con, question, a).comparison
    assert comparison is not None
    alone = [measure_paths(con, read_paths(q | {"rows": 100, "min_count": 0}), scope) for scope in (a, b)]
    assert (comparison.count, comparison.count_b) == tuple(paths.count for paths in alone)
    if rows == 3 and not q["min_count"]:
        for paths, side in zip(alone, ("a", "b"), strict=True):
            counts = {key: getattr(link, side).count for key, link in keyed(comparison.links).items() if getattr(link, side).count}
            assert counts == {key: link.count for key, link in keyed(paths.links).items()}
    for link in comparison.links:
        assert link.a.count + link.b.count >= q["min_count"] or not {link.source, link.target}.isdisjoint(("Other", "Drop-off", "(start)"))
        for side, part in (("a", link.a), ("b", link.b)):
            mark = {"step": link.step, "source": link.source, "target": link.target, "of": side}
            assert paths_customers(con, question, a, mark).count == part.customers


def keyed(found: Any) -> dict[tuple[int, str, str], Any]:
    return {(link.step, link.source, link.target): link for link in found}


def test_a_segment_inside_a_scope_to_compare_is_resolved() -> None:
    con = drawn(*LOG)
    inner = {"start": "2026-03-01", "segment": {"funnel": {"steps": ["home", "quit"]}, "reached": 1}}
    assert ask(con, {"ask": "paths", "compare": {"scope": inner}})["paths_b"] == 1
