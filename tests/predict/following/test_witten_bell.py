"""The chances of what comes next: worked by hand, held to a second implementation, and never changed by asking."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.predict.following.witten_bell import even, fit_markov, interpolated


def test_a_history_leans_on_its_shorter_end_by_how_much_came_after_it() -> None:
    """Runs a b, a b, a c; a, b, c, (end).  After any: b 2, c 1, (end) 3, three kinds.  After a: b 2, c 1, two kinds.

    p(b) = (2 + 3/4) / (6 + 3) = 11/36; p(b | a) = (2 + 2 * 11/36) / (3 + 2) = 47/90.
    """
    at_all, after_a = np.array([0, 2, 1, 3]), np.array([0, 2, 1, 0])
    assert interpolated([at_all], even(4)) == pytest.approx([3 / 36, 11 / 36, 7 / 36, 15 / 36])
    assert interpolated([at_all, after_a], even(4)) == pytest.approx([3 / 90, 47 / 90, 25 / 90, 15 / 90])


def test_a_history_that_never_was_changes_nothing() -> None:
    seen, never = np.array([3, 1, 0]), np.zeros(3)
    assert (interpolated([seen, never, never], even(3)) == interpolated([seen], even(3))).all()
    assert (interpolated([never], even(3)) == even(3)).all()


TEXT = ["visit cart pay", "visit cart", "visit visit cart pay", "cart visit"]
WORDS = ["visit", "cart", "pay", "(end)"]
NLTK = {  # score(word), after (cart), after (visit, cart), after (pay, visit)
    "visit": (0.2631578947368421, 0.2556390977443609, 0.10225563909774436, 0.2236842105263158),
    "cart": (0.21052631578947367, 0.09022556390977443, 0.03609022556390978, 0.45394736842105265),
    "pay": (0.10526315789473684, 0.3308270676691729, 0.5323308270676691, 0.039473684210526314),
    "(end)": (0.21052631578947367, 0.23308270676691728, 0.2932330827067669, 0.20394736842105263),
}


def test_the_chances_are_those_of_a_second_implementation() -> None:
    """Source: NLTK 3.10.4, WittenBellInterpolated(3), runs with one (start) and one (end); its lowest order is the plain share."""
    runs = [["(start)", *line.split(), "(end)"] for line in TEXT]
    singles = Counter(word for run in runs for word in run)
    floor = np.array([singles[word] / sum(singles.values()) for word in WORDS])

    def after(*history: str) -> np.ndarray:
        n = len(history)
        came = Counter(run[k + n] for run in runs for k in range(len(run) - n) if tuple(run[k : k + n]) == history)
        return np.array([came[word] for word in WORDS])

    told = [floor, *(interpolated([after(*h[1:]), after(*h)] if len(h) > 1 else [after(*h)], floor) for h in HISTORIES)]
    assert pytest.approx(np.array(list(NLTK.values())), abs=1e-12) == np.array(told).T


HISTORIES = [("cart",), ("visit", "cart"), ("pay", "visit")]

steps = st.lists(st.tuples(st.integers(-1, 3), st.integers(-1, 3), st.integers(0, 2)), min_size=1, max_size=40)


@settings(max_examples=15, deadline=None)
@given(steps, steps)
def test_chances_sum_to_one_and_asking_changes_nothing(learned: list[tuple[int, int, int]], asked: list[tuple[int, int, int]]) -> None:
    rows = np.array(learned)
    model = fit_markov(rows[:, :2], rows[:, 2], order=2, kinds=3)
    before = [array.copy() for array in (model.first, *model.pairs, *model.counts)]
    histories = np.array(asked)[:, :2]
    first, again = model.chances(histories), model.chances(histories)
    assert first.sum(axis=1) == pytest.approx(np.ones(len(asked)))
    assert (first > 0).all() and (first == again).all()
    for now, then in zip((model.first, *model.pairs, *model.counts), before, strict=True):
        assert (now == then).all()
        with pytest.raises(ValueError, match="read-only"):
            now += 1


def test_a_fitted_model_tells_what_its_counts_tell() -> None:
    """0 1 after each other, from (start) = 2: after 1 comes 0 twice and 1 once; after 1 with 0 before it comes 0 twice."""
    trails, following = np.array([[1, 0], [1, 0], [1, 1], [0, 1], [0, 2]]), np.array([0, 0, 1, 1, 1])
    model = fit_markov(trails, following, order=2, kinds=2)
    by_hand = interpolated([np.array([2, 3]), np.array([2, 1]), np.array([2, 0])], even(2))
    assert model.chances(np.array([[1, 0]]))[0] == pytest.approx(by_hand)
    assert model.chances(np.array([[1, -1]]))[0] == pytest.approx(interpolated([np.array([2, 3]), np.array([2, 1])], even(2)))
