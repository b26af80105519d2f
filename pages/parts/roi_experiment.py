"""The lift that an experiment of the log measured, spread and all: taken with one choice, or refused with the reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from journey.charts.roi_told import told_lift, told_shares
from journey.charts.words import count
from journey.errors import JourneyError
from journey.experiments.lift import ADDED, AVOIDED, Lift, lifts_of
from journey.experiments.read import Seen, experiments_in, measure_experiment, read_experiment, usual_metrics
from journey.experiments.result import Reading
from journey.roi import KEEP, SELL, from_interval
from journey.scope import Scope
from journey.warehouse import Warehouse
from pages.parts.frame import Page, measured
from pages.parts.roi_fields import Entry, Field
from pages.parts.text import literal
from pages.parts.workspace import answer

FROM = "roi_from"
BY_HAND = "By hand"
OF_ALL = "The lift is of everyone in the experiment, not of the segment chosen above."
NEWEST = 5  # experiments that are read, when the page opens, for one that shipped
LEADS = "The estimate is the median of the lift, and its 95% interval at one look says how wide it is spread."
MODELS = {ADDED: SELL, AVOIDED: KEEP}  # which model has a place for which lift
NAMES = {KEEP: "fewer customers leave", SELL: "more visitors buy"}


@dataclass(frozen=True)
class Taken:
    """A lift as an experiment measured it.

    plain: as a question takes it.  units, a_month: how many were exposed, and how many in 30 days: the lift is of these and
    of nobody else; None where it took no time.  cautions: what to beware of, as sentences.
    metric, step: in what it is a lift, by name and as the event that counts.
    """

    experiment: str
    arm: str
    model: str
    plain: Mapping[str, float]
    told: str
    units: int
    a_month: float | None
    cautions: tuple[str, ...]
    shipped: bool
    metric: str = ""
    step: Any = None


def choose_result(page: Page, model: str) -> Taken | None:
    """Where the lift is from; None by hand, and where the experiment that was chosen cannot be taken, which is said."""
    names = [seen.name for seen in answer(page.con, page.version, seen_experiments)]
    if not names:
        return None
    options, usual = [BY_HAND, *names], usual_result(page)
    if st.session_state.get(FROM) not in (None, *options):
        st.session_state.pop(FROM)
    chosen = st.selectbox(
        "Take the lift from",
        options,
        options.index(usual.experiment) if usual and usual.model == model else 0,
        key=FROM,
        bind="query-params",
        persist_state="session",
        on_change=_switch_model,
        args=(page,),
        format_func=lambda name: "Lift by hand" if name == BY_HAND else f"Lift from {name}",
        label_visibility="collapsed",
        icon=":material/science:",
    )
    if chosen not in names:
        _offer_in_one_click(usual, model)
        return None
    found = _found(page, chosen)
    if not isinstance(found, str) and page.scope.segment is not None:
        found = {of: replace(one, cautions=(OF_ALL, *one.cautions)) for of, one in found.items()}
    if isinstance(found, str) or model not in found:
        st.caption(":material/block: " + literal(found if isinstance(found, str) else _elsewhere(chosen, found)))
        return None
    return found[model]


def _offer_in_one_click(usual: Taken | None, model: str) -> None:
    if usual is not None and usual.model == model:
        told = f"Take {literal(usual.experiment)}: {literal(usual.told)}"
        st.button(told, key="roi_take", type="tertiary", icon=":material/science:", on_click=_take, args=(usual.experiment,))


def _take(experiment: str) -> None:
    """A callback."""
    st.session_state[FROM] = experiment


def usual_result(page: Page) -> Taken | None:
    """What the lift begins with: the newest experiment whose verdict is to ship; None where there is none."""
    seen = answer(page.con, page.version, seen_experiments)
    for one in sorted(seen, key=lambda one: -one.stop)[:NEWEST]:
        found = _found(page, one.name)
        shipped = [] if isinstance(found, str) else [taken for taken in found.values() if taken.shipped]
        if shipped:
            return shipped[0]
    return None


def seen_experiments(con: Warehouse) -> tuple[Seen, ...]:
    """The experiments that the log holds, and two variants at least of each."""
    return tuple(seen for seen in experiments_in(con) if len(seen.variants) > 1)


def show_taken(field: Field, taken: Taken) -> Entry:
    """What stands in the slider's place: the estimate, its interval, whose it is, and what to beware of."""
    told = f"experiment, {taken.arm} against control, {count(taken.units)} units"
    st.markdown(f"Lift: **{literal(taken.told)}**  \n:small[:gray[{literal(told)}]]", help=literal(LEADS))
    return Entry(field, dict(taken.plain), f"experiment {taken.experiment}: {taken.metric}".rstrip(": "))


def _elsewhere(name: str, found: Mapping[str, Taken]) -> str:
    return f"“{name}” measured {' and '.join(NAMES[model] for model in found)}: choose that above to take it."


def _switch_model(page: Page) -> None:
    """A callback: the model in which the chosen experiment's metric has a place."""
    found = _found(page, str(st.session_state.get(FROM)))
    if not isinstance(found, str) and st.session_state.get("roi_model", KEEP) not in found:
        st.session_state["roi_model"] = next(iter(found))


def fit_result(page: Page) -> None:
    """A callback: a result goes on only into a model that has a place for it."""
    found = _found(page, str(st.session_state.get(FROM)))
    if isinstance(found, str) or st.session_state.get("roi_model") not in found:
        usual = usual_result(page)
        st.session_state[FROM] = usual.experiment if usual and usual.model == st.session_state.get("roi_model") else BY_HAND


def _found(page: Page, name: str) -> dict[str, Taken] | str:
    """Model -> what it takes; a sentence where nothing can be taken."""
    if name == BY_HAND:
        return "The lift is set by hand."
    try:
        # All of the log: the experiment's own time is told by its exposures.
        reading = measured(page, measure_experiment, read_experiment({"experiment": name}), Scope(timezone=page.scope.timezone))
    except JourneyError as fault:
        return f"“{name}” is not taken: {fault}"
    found = takeable(reading)
    if isinstance(found, str) or SELL not in found:
        return found
    return found | {SELL: _of_orders(found[SELL], answer(page.con, page.version, orders_of))}


def orders_of(con: Warehouse) -> tuple[Any, ...]:
    """The events that bring the mapped revenue, as steps; () where the log makes none plain."""
    try:
        usual = usual_metrics(con)
    except JourneyError:
        return ()
    return tuple(one.over.step for one in usual if one.over is not None and one.value.revenue)


def _of_orders(taken: Taken, orders: Sequence[Any]) -> Taken:
    """A lift in something else than orders is worth an order each only if all of it ends in one."""
    if not orders or taken.step in orders:
        return taken
    told = f"{taken.metric} is not the order itself: each one more is counted as an order of the value that stands here."
    return replace(taken, cautions=(told, *taken.cautions))


def takeable(reading: Reading) -> dict[str, Taken] | str:
    """Model -> the lift that the experiment measured; a sentence where there is none, or none to be trusted."""
    found = lifts_of(reading)
    return found if isinstance(found, str) else {MODELS[kind]: _taken(lift) for kind, lift in found.items()}


def _taken(lift: Lift) -> Taken:
    model = MODELS[lift.kind]
    told = f"{lift.metric.name} {told_lift(model, lift.value)} ({told_shares(lift.low, lift.high, model == SELL)})"
    plain = from_interval(lift.value, lift.low, lift.high, lift.confidence)
    taken = Taken(lift.experiment, lift.arm, model, plain, told, lift.units, lift.a_month, lift.cautions, lift.shipped)
    return replace(taken, metric=lift.metric.name, step=lift.metric.value.step)
