"""Predicting: look at customers as of several dates, learn, calibrate, test on later ones, then score those asked about."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from journey.answers import Evidence, People, data_until, extent, iso
from journey.errors import QuestionError
from journey.features import TOLD, dates_back, holds_since
from journey.predict.dates import DAY, Plan, plan_dates
from journey.predict.fitted import Fitted
from journey.predict.fitting import Rows, Trial, fit, together
from journey.predict.looks import Look, Looks, score_look
from journey.predict.measures import measure
from journey.predict.named import asked_for
from journey.predict.outcome import Outcome, in_words, labels_sql, observe
from journey.predict.question import PredictQuestion
from journey.predict.result import Prediction, Proof
from journey.predict.tiers import TIERS, tier_of
from journey.rules import Binder
from journey.rules.held import hold
from journey.rules.listed import warn_of_lists
from journey.scope import Scope, read_time, refuse_unknown
from journey.warehouse import Warehouse

Labelled = tuple[np.ndarray, np.ndarray]
CUSTOMERS, LEARNED, TESTED = 1000, 100, 30  # at least: customers in all, and of each kind to learn from and to test on
SEED = 7
LAST = "the last prediction"
STANDS = "What the customers table tells is taken as it stands today: leave out (in features.toml) what changed with the outcome."


def measure_predict(con: Warehouse, question: PredictQuestion, scope: Scope) -> Prediction:
    """The chance of each customer as of a date, with the proof of it; or what is missing.

    The scope's segment, as of each date, says of whom; its stop is the date where the question names none.  The last answer is
    held, so that who is behind its marks need not be learned anew.
    """
    question, outcome = asked_for(con, question)
    return hold(con, LAST, (question, outcome, scope), lambda: _measured(con, question, outcome, scope), most=1)


def _measured(con: Warehouse, question: PredictQuestion, outcome: Outcome, scope: Scope) -> Prediction:
    held = extent(con)
    score = _moment(question, scope, held)
    evidence = _evidence(con, question, outcome, score, scope)
    if held is None:
        return Prediction(question, outcome, evidence, 0, "nothing is loaded")
    plan = plan_dates(held[0], held[1] + 1, outcome.ahead, score, _dates(question, scope))
    if isinstance(plan, str):
        return Prediction(question, outcome, evidence, evidence.population, plan)
    looks = Looks(con, question, outcome, scope, plan.first)
    looks.some(plan.learn[-1])
    missing = _missing(looks, plan)
    if missing:
        return Prediction(question, outcome, evidence, evidence.population, missing, plan)
    fitted, trial = _fit(looks, plan)
    proof = _prove(looks, plan, fitted)
    earlier = tuple(_earlier(looks, plan, date, trial) for date in plan.earlier)
    scored = score_look(fitted, looks.features or (), looks.at(score))
    evidence = replace(
        evidence,
        definition=f"{evidence.definition} {_learned(plan)}",
        warnings=(*evidence.warnings, *_warnings(plan, fitted, looks, held[1]), *_unproved(proof)),
    )
    return Prediction(question, outcome, evidence, len(scored), "", plan, fitted, trial, proof, earlier, scored)


def predict_customers(con: Warehouse, question: PredictQuestion, scope: Scope, mark: Mapping[str, object]) -> People:
    """Who is behind a mark: {"tier": "high" | "medium" | "low"}, {"top": k}, {"from": probability}; {} is everyone asked about.

    Raises: QuestionError: another mark.
    """
    refuse_unknown(mark, ("tier", "top", "from"), "customers of a prediction")
    if len(mark) > 1:
        raise QuestionError(f"Customers of a prediction are named by one of tier, top and from; found {dict(mark)}.")
    return people_behind(measure_predict(con, question, scope), mark)


def people_behind(prediction: Prediction, mark: Mapping[str, object]) -> People:
    """The same of a prediction that is at hand."""
    scored = prediction.scored
    chosen = _chosen(np.zeros(0) if scored is None else scored.probability, mark)
    return People(tuple(sorted(scored.ids[place] for place in np.flatnonzero(chosen))) if scored else ())


def _chosen(p: np.ndarray, mark: Mapping[str, object]) -> np.ndarray:
    if "tier" in mark:
        names = [name for name, _ in TIERS]
        if mark["tier"] not in names:
            raise QuestionError(f"tier is {mark['tier']!r}; it can be {', '.join(map(repr, names))}.")
        return np.array([tier_of(float(one)) == mark["tier"] for one in p], dtype=bool)
    value = mark.get("top", mark.get("from", 0.0))
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0 or ("top" in mark and not isinstance(value, int)):
        raise QuestionError(f'"top" is a whole number of customers, "from" a probability; found {dict(mark)}.')
    return np.arange(len(p)) < value if "top" in mark else p >= value


def _moment(question: PredictQuestion, scope: Scope, held: tuple[int, int] | None) -> int:
    asked = read_time(question.as_of, scope.zone, "as_of")
    if asked is not None:
        return asked
    return scope.stop if scope.stop is not None else (0 if held is None else held[1] + 1)


def _dates(question: PredictQuestion, scope: Scope) -> list[int]:
    found = [read_time(date, scope.zone, "A date of train_as_of") for date in question.train_as_of]
    return [date for date in found if date is not None]


def _missing(looks: Looks, plan: Plan) -> str:
    """What is missing to learn and to test, as part of a sentence; "" where nothing is."""
    learned = together([looks.some(date).rows for date in plan.learn])
    later = learned if plan.calibrate is None else looks.some(plan.calibrate).rows
    return what_lacks(*((rows.person, rows.label) for rows in (learned, later, looks.some(plan.test).rows)))


def what_lacks(learned: Labelled, later: Labelled, tested: Labelled) -> str:
    """The same from who was there and what came: (person, label) of those to learn from, to calibrate and to test on."""
    people = len(np.unique(np.concatenate([learned[0], later[0], tested[0]])))
    if people < CUSTOMERS:
        return f"{people:,} of {CUSTOMERS:,} customers needed were there as of the dates to learn from"
    for (person, came), least, what in ((learned, LEARNED, "learn from"), (later, TESTED, "calibrate on"), (tested, TESTED, "test on")):
        for label, words in ((1, "for whom it came true"), (0, "for whom it did not")):
            found = len(np.unique(person[came == label]))
            if found < least:
                return f"{found:,} of {least:,} customers {words} needed to {what}"
    return ""


def _fit(looks: Looks, plan: Plan) -> tuple[Fitted, Trial]:
    names = [one.name for one in looks.features or ()]
    learned = together([looks.some(date).rows for date in plan.learn])
    later = None if plan.calibrate is None else looks.some(plan.calibrate).rows
    return fit(names, [False] * len(names), learned, later)


def _prove(looks: Looks, plan: Plan, fitted: Fitted) -> Proof:
    """The model on the customers of the test's date, beside what is known without one."""
    test, rng = looks.some(plan.test), np.random.default_rng(SEED)
    label, capacity = test.rows.label, looks.question.capacity
    learned = np.concatenate([looks.some(date).rows.label for date in plan.learn])
    p = fitted.probability(test.rows.values)
    return Proof(
        plan.test,
        label,
        p,
        measure(label, p, capacity, rng),
        measure(label, _by_recency(looks, plan), capacity, rng),
        measure(label, np.full(len(label), learned.mean()), capacity, rng),
    )


def _by_recency(looks: Looks, plan: Plan) -> np.ndarray:
    """What is said by how long each had been quiet, and nothing else: the same method with one feature."""
    one = ["quiet"]
    learned = together([_quiet(looks.some(date)) for date in plan.learn])
    later = None if plan.calibrate is None else _quiet(looks.some(plan.calibrate))
    fitted, _ = fit(one, [True], learned, later, (1.0,), boosted=False)
    return fitted.probability(_quiet(looks.some(plan.test)).values)


def _quiet(look: Look) -> Rows:
    return Rows(look.quiet[:, None], look.rows.label, look.rows.person)


def _earlier(looks: Looks, plan: Plan, test: int, trial: Trial) -> Proof:
    """The proof as it would have been as of an earlier date: learned from dates before it alone."""
    ahead = looks.outcome.ahead
    learn = tuple(date for date in sorted({*plan.learn, *plan.earlier, test - 2 * ahead}) if date + ahead <= test - ahead)
    then = Plan(test, test, test - ahead, learn)
    names = [one.name for one in looks.features or ()]
    learned, later = together([looks.some(date).rows for date in learn]), looks.some(test - ahead).rows
    fitted, _ = fit(names, [False] * len(names), learned, later, (trial.strength,), trial.winner == "boosted")
    return _prove(looks, then, fitted)


def _evidence(con: Warehouse, question: PredictQuestion, outcome: Outcome, score: int, scope: Scope) -> Evidence:
    binder = Binder(con)
    sql = labels_sql(binder, outcome, score, scope)
    population = observe(con, outcome, score, scope).height
    reach = outcome.active
    who = "did something before" if reach is None else f"did something in the {reach / 86_400_000:g} days before"
    done = {True: " and had done it", False: " and had not done it yet", None: ""}[outcome.again]
    definition = (
        f"The chance that a customer {in_words(outcome)} from {iso(score)} on, for those who {who} that{done}. "
        "Tiers: high from 70%, medium from 40%. Times in UTC."
    )
    return Evidence(definition, sql, binder.params, population, data_until(con), (*binder.warnings, *warn_of_lists(con, scope)))


def _learned(plan: Plan) -> str:
    dates = ", ".join(_day(date) for date in plan.learn)
    how = "on customers left out of the learning" if plan.calibrate is None else f"as of {_day(plan.calibrate)}"
    return (
        f"Learned as of {dates}, each from what was known before the date; calibrated by a sigmoid {how}; "
        f"tested as of {_day(plan.test)}, when every outcome learned from was known."
    )


def _day(ms: int) -> str:
    return str(iso(ms))[:10]


def _warnings(plan: Plan, fitted: Fitted, looks: Looks, last: int) -> list[str]:
    found = _of_told(plan, looks)
    if plan.score > last + DAY:
        found.append(f"The data end on {_day(last)}, before the date asked about: everybody seems quiet since then.")
    if looks.sampled:
        found.append("Learned from and tested on a sample of the customers of each date; everybody asked about has a chance.")
    if plan.unused:
        dates = ", ".join(_day(date) for date in plan.unused)
        found.append(f"Not learned from, as their outcomes were not yet known as of {_day(plan.calibrate or plan.test)}: {dates}.")
    if fitted.slope == 0:
        found.append("What was learned did not hold on later customers, so everybody is given the same chance.")
    return found


def _unproved(proof: Proof) -> list[str]:
    """Where the model told later customers no better than how long each had been quiet, or than one chance for all."""
    beaten = [
        words
        for words, other in (("how long each had been quiet alone", proof.recency), ("the same chance for all", proof.majority))
        if (proof.model["log_loss"] or 0.0) >= (other["log_loss"] or 0.0) or (proof.model["auc"] or 0.0) < (other["auc"] or 0.0)
    ]
    return [f"Tested on later customers, the model is no better than {' and '.join(beaten)}: do not rely on it."] if beaten else []


def _of_told(plan: Plan, looks: Looks) -> list[str]:
    """What to beware of where a customers table is learned from, or could not be."""
    if not holds_since(looks.con, plan.first):
        return [
            f"Not learned from: what the customers table tells, as some of its rows came after {_day(plan.first)}, the first date "
            "looked at, and only the latest row of a customer is kept."
        ]
    if any(one.measure in TOLD for one in looks.features or ()) and not dates_back(looks.con):
        return [STANDS]
    return []
