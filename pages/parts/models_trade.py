"""From which chance on to act: caught, false alarms, treated and money at each threshold, as tested on later customers."""

import streamlit as st

from journey.charts.models_trade import describe_net, net_figure
from journey.charts.words import between, count, date, money, percent, several
from journey.charts.worklist import describe_thresholds, thresholds_figure
from journey.metrics import measure_metric, read_metric
from journey.metrics.catalog import revenue_of
from journey.predict import Treated
from journey.predict import money as worth_of
from journey.predict.store import ModelCard
from journey.predict.tiers import Money
from journey.scope import Scope
from journey.warehouse import Warehouse, setting
from pages.parts.charts import draw
from pages.parts.frame import Page
from pages.parts.text import literal
from pages.parts.workspace import answer, derived

FROM, VALUE, COST, KEPT = "act_from", "act_value", "act_cost", "act_kept"
SAVED = 10  # percent
CHANGED = "Of those caught, the share whom acting changes. Only an experiment can tell it."
WORTH = "To begin with, the mean of one order, where revenue is mapped: say what it is worth to you."
DRAWN = (
    "Filled: for whom it came; hatched: false alarms; dotted: all for whom it came. A score says for whom it is likely, not whom acting "
    "changes: only an experiment tells the share that is kept."
)


def show_trade(page: Page, card: ModelCard) -> None:
    """The slider, what it means in customers and in money, and a picture of each."""
    record = card.shown
    if record is None or not record.proof.thresholds:
        return
    thresholds, currency = record.proof.thresholds, setting(page.con, "currency", None)
    steps = [one.threshold for one in thresholds]
    with st.container(border=True, key="models_trade"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("From which chance on is it worth acting?", anchor=False, width="stretch")
        left, right = st.columns([3, 2], gap="medium")
        with right:
            threshold = st.select_slider(
                "Act on everybody from",
                steps,
                _usual(thresholds, record.capacity),
                format_func=lambda share: percent(share, 0),
                key=FROM,
                bind="query-params",
            )
            value, cost, kept = _money(card, answer(page.con, page.version, usual_order) or 0.0)
        chosen = steps.index(threshold) if threshold in steps else 0
        one, earned = thresholds[chosen], [worth_of(each, value, cost, kept) for each in thresholds]
        with right:
            _numbers(one)
            if value or cost:
                st.markdown(_money_told(earned[chosen], bool(cost), currency))
        with left:
            draw(derived(thresholds_figure, thresholds, chosen), "models_thresholds", alt=describe_thresholds(thresholds, chosen))
            if value or cost:
                st.caption("Net, by the chance from which on it is done; the band is that of the share caught.")
                draw(
                    derived(net_figure, thresholds, tuple(earned), chosen, currency),
                    "models_net",
                    alt=describe_net(thresholds, earned, chosen, currency),
                )
            else:
                st.caption("Say what one is worth and what acting costs, and the money is drawn below.")
        tested = f"{several(one.n, 'customer')} as of {date(record.proof.as_of, page.scope.timezone)}"
        st.caption(literal(f"{tested}, later than all that was learned from. {DRAWN}"))


def usual_order(con: Warehouse) -> float | None:
    """The mean of what one event that brings revenue brings; None where none is mapped."""
    revenue = revenue_of(con)
    if revenue is None:
        return None
    asked = read_metric({"metric": {"event": revenue.get("event"), "of": "mean", "property": revenue["property"]}})
    total = measure_metric(con, asked, Scope()).now.total
    return None if total is None or total.value is None else max(0.0, round(total.value, 2))


def _usual(thresholds: tuple[Treated, ...], capacity: int) -> float:
    """The lowest threshold that a team can still reach everybody of."""
    return next((one.threshold for one in thresholds if one.treated <= capacity), thresholds[-1].threshold)


def _money(card: ModelCard, usual: float) -> tuple[float, float, float]:
    """-> (what one is worth, what acting on one costs, the share of those caught that acting changes).  Bounds are checked again."""
    with st.container(horizontal=True, gap="small"):
        wanted = card.named is not None and card.named.wanted
        label = "One won brings" if wanted else "One kept brings"
        value = st.number_input(label, 0.0, None, usual, help=WORTH, key=VALUE, bind="query-params", width=112)
        cost = st.number_input("Acting costs", 0.0, None, 0.0, key=COST, bind="query-params", width=112)
        share = st.number_input("Changed, %", 0, 100, SAVED, help=CHANGED, key=KEPT, bind="query-params", width=112)
    return max(0.0, value or 0.0), max(0.0, cost or 0.0), min(100, max(0, share or 0)) / 100


def _money_told(one: Money, costs: bool, currency: str | None) -> str:
    low, high = one.interval or (one.net, one.net)
    around = between(money(low, currency), money(high, currency))
    even = (
        f"  \nIt pays for itself if {percent(one.break_even, 0)} of those caught are kept." if costs and one.break_even is not None else ""
    )
    return f"**{literal(money(one.net, currency))}** net :gray[{literal(around)}]{even}"


def _numbers(one: Treated) -> None:
    lines = [
        f"**{count(one.treated)}** of {count(one.n)} treated",
        f"**{count(one.caught)}** of {count(one.came)} caught, {_share(one.recall, one.recall_interval)}",
        f"**{count(one.false_alarms)}** false alarms; right for {_share(one.precision, one.precision_interval)}",
        f"**{count(one.missed)}** missed",
    ]
    st.markdown("  \n".join(lines))


def _share(share: float | None, interval: tuple[float, float] | None) -> str:
    if share is None:
        return "–"
    around = "" if interval is None else f" :gray[{percent(interval[0], 0)} to {percent(interval[1], 0)}]"
    return f"{percent(share, 0)}{around}"
