"""How often statements about what comes next are right: fitted to earlier moments, told of later ones, beside baselines."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from journey.answers import Evidence, People, data_until, iso
from journey.errors import QuestionError
from journey.inference import Interval
from journey.predict.following.definition import looks_story, moments_story
from journey.predict.following.likely import defined, ids_of
from journey.predict.following.methods import BOOSTED, FREQUENCY, MARKOV, METHODS, STAYS, latest, learnable
from journey.predict.following.question import AccuracyQuestion
from journey.predict.following.rows import BACK, Array, Moments, read_moments
from journey.predict.following.scores import Score, losses, mean_of, score
from journey.predict.following.symbols import read_symbols
from journey.rules import Binder
from journey.rules.held import hold
from journey.rules.listed import warn_of_lists
from journey.scope import Scope, refuse_unknown
from journey.warehouse import Warehouse

TRAINED = 0.7  # of the moments lie before the cut
LAST = "the last proofs of what comes next"
LEAST = 100  # moments on either side of it


@dataclass(frozen=True)
class Accuracy:
    """scores: per method, the one in use first.  chosen: the method that `next` would best be told by: boosted trees only
    where they beat Markov on log loss, surely, and on macro F1.

    gain: log loss of boosted trees less Markov's, below 0 where they are better; None where they were not tried, as where
    fewer than two kinds of thing came often enough to be learned.
    cut: ms; trained, tested: moments before and after it; customers: of the tested.  lacking: why there is no score.
    """

    question: AccuracyQuestion
    scores: tuple[Score, ...]
    chosen: str
    gain: Interval | None
    cut: int | None
    trained: int
    tested: int
    customers: int
    every: int
    lacking: str | None
    evidence: Evidence

    def of(self, method: str) -> Score | None:
        return next((one for one in self.scores if one.method == method), None)

    def as_plain(self) -> dict[str, Any]:
        return {
            "methods": [one.as_plain() for one in self.scores],
            "chosen": self.chosen,
            "gain": None if self.gain is None else list(self.gain),
            "cut": iso(self.cut),
            "trained": self.trained,
            "tested": self.tested,
            "tested_customers": self.customers,
            "sample": {"one_customer_in": self.every},
            "enough": True if self.lacking is None else self.lacking,
            **self.evidence.as_plain(),
        }


def measure_next_accuracy(con: Warehouse, question: AccuracyQuestion, scope: Scope) -> Accuracy:
    """Every method on the same later moments, fitted to what was known at the cut.  The latest answers are held."""
    return _answered(con, question, scope)[0]


def accuracy_customers(con: Warehouse, question: AccuracyQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """{"tested": true}: whose later moments were told."""
    refuse_unknown(mark, ("tested",), "a mark of how well the next is told")
    if mark.get("tested") is not True:
        raise QuestionError(f'{dict(mark)} is no mark of how well the next is told. Name {{"tested": true}}.')
    return ids_of(con, _answered(con, question, scope)[1])


def _answered(con: Warehouse, question: AccuracyQuestion, scope: Scope) -> tuple[Accuracy, Array]:
    """-> (the answer, the customers whose later moments were told)."""
    return hold(con, LAST, (question, scope), lambda: _measured(con, question, scope))


def _measured(con: Warehouse, question: AccuracyQuestion, scope: Scope) -> tuple[Accuracy, Array]:
    binder = Binder(con)
    moments = read_moments(binder, question.followed, read_symbols(binder, question.followed), scope)
    earlier, later, cut = split(moments)
    lacking = _lacking(question, earlier, later)
    methods = () if lacking else _methods(question, earlier)
    evidence = _evidence(binder, question, moments, scope, earlier if BOOSTED in methods else None)
    if lacking is not None:
        found = Accuracy(question, (), MARKOV, None, None, len(earlier), len(later), 0, moments.every, lacking, evidence)
        return found, np.empty(0, np.int64)
    rng = np.random.default_rng(question.seed)
    told = {name: METHODS[name](earlier, later, question) for name in methods}
    scores = {name: score(name, chances, later.following, later.customer, rng) for name, chances in told.items()}
    gain = None
    if BOOSTED in told:
        difference = losses(told[BOOSTED], later.following) - losses(told[MARKOV], later.following)
        gain = mean_of(difference, later.customer).interval
    better = gain is not None and gain[1] < 0 and scores[BOOSTED].macro_f1.value > scores[MARKOV].macro_f1.value
    chosen, people = BOOSTED if better else MARKOV, np.unique(later.customer)
    sizes = len(earlier), len(later), len(people), moments.every
    return Accuracy(question, tuple(scores.values()), chosen, gain, cut, *sizes, None, evidence), people


def split(moments: Moments) -> tuple[Moments, Moments, int | None]:
    """-> (what was known at the cut, what came after it, the cut in ms).  What was not known yet at the cut is in neither."""
    if len(moments) < 2:
        return moments, moments.where(np.zeros(len(moments), bool)), None
    times = np.sort(moments.ts)
    after_first = min(int(np.searchsorted(times, times[0], side="right")), len(times) - 1)
    cut = int(times[max(int(len(times) * TRAINED), after_first)])
    return moments.where(moments.known <= cut), moments.where(moments.ts >= cut), cut


def _methods(question: AccuracyQuestion, earlier: Moments) -> tuple[str, ...]:
    """What repeats are one of cannot stay; and trees need two kinds to tell apart."""
    stays = () if question.followed.collapse_repeats is True else (STAYS,)
    boosted = question.boosted and len(learnable(earlier)) >= 2
    return (MARKOV, FREQUENCY, *stays, *((BOOSTED,) if boosted else ()))


def _lacking(question: AccuracyQuestion, earlier: Moments, later: Moments) -> str | None:
    fewest, where = min((len(earlier), "before"), (len(later), "after"))
    what = "events" if question.followed.of == "event" else "looks at customers' stages"
    if fewest >= LEAST:
        return None
    return f"Not enough data yet to say how often this is right: {fewest} of {LEAST} {what} needed lie {where} the cut in time."


def _evidence(binder: Binder, question: AccuracyQuestion, moments: Moments, scope: Scope, grown: Moments | None) -> Evidence:
    """grown: the earlier moments, where boosted trees were tried."""
    followed, asked = question.followed, Binder(binder.con)
    symbols = read_symbols(asked, followed)
    if followed.of == "event":
        sql = moments_story(asked, followed, symbols, moments.every, scope) + "\nselect count(*) as moments\nfrom moments\nwhere entered"
    else:
        sql = looks_story(asked, followed, symbols, BACK, scope) + "\nselect count(*) as looks\nfrom steps\nwhere next is not null"
    sampled = "" if moments.every == 1 else f" Read are the customers whose id's hash is a multiple of {moments.every}."
    definition = (
        f"{defined(binder, followed, scope)} Fitted to the first {TRAINED:.0%} of the moments, as far as what came next was known "
        "then; told of those after. top1, top3: how often what came was the likeliest, or of the likeliest three; log loss in nats; "
        "macro F1 is the mean over what can come. frequency: as often as each came; stays: the same again. Intervals are 95%, over "
        f"customers.{sampled}{'' if grown is None else _of_trees(grown)}"
    )
    people = len(np.unique(moments.customer))
    return Evidence(
        definition,
        sql,
        asked.params,
        people,
        data_until(binder.con),
        tuple(dict.fromkeys((*binder.warnings, *warn_of_lists(binder.con, scope)))),
    )


def _of_trees(earlier: Moments) -> str:
    """What boosted trees saw, in words."""
    kinds, rows = learnable(earlier), len(latest(earlier))
    rest = "" if len(kinds) == earlier.kinds else f"; how likely the other {earlier.kinds - len(kinds)} are is told by Markov"
    return f" Boosted trees learned from the latest {rows:,} moments before the cut and tell the commonest {len(kinds)} kinds apart{rest}."
