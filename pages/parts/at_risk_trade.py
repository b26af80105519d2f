"""From which chance on is a call worth it?  Caught, false alarms and money at each threshold, as tested on later customers."""

import streamlit as st

from journey.charts.words import between, count, date, money, percent, several
from journey.charts.worklist import describe_thresholds, thresholds_figure
from journey.predict import Treated
from journey.predict import money as worth_of
from journey.worklist import Worklist
from pages.parts.charts import draw
from pages.parts.frame import Page
from pages.parts.text import literal
from pages.parts.workspace import derived

FROM = "treat_from"
USUAL = 0.5
SAVED = 10


def show_trade(page: Page, found: Worklist) -> None:
    """One bar per threshold, the chosen one told in numbers; nothing where nothing was tested."""
    if found.tested is None or not found.tested.thresholds or found.ranked == "quiet":
        return
    thresholds = found.tested.thresholds
    with st.container(border=True, key="at_risk_trade"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("From which chance on is it worth a call?", anchor=False, width="stretch")
            value, cost, saved = _money(found)
        steps = [one.threshold for one in thresholds]
        threshold = st.select_slider(
            "See to everybody from", steps, USUAL, format_func=lambda share: percent(share, 0), key=FROM, bind="query-params"
        )
        chosen = steps.index(threshold) if threshold in steps else steps.index(USUAL)
        left, right = st.columns([3, 2])
        with left:
            draw(derived(thresholds_figure, thresholds, chosen), "at_risk_thresholds", alt=describe_thresholds(thresholds, chosen))
        with right:
            _numbers(thresholds[chosen], found, value, cost, saved)
        st.caption(
            literal(
                f"{several(thresholds[chosen].n, 'customer')} as of {date(found.tested.as_of, page.scope.timezone)}, later than all that "
                "was learned from. Filled: for whom it came; hatched: false alarms; dotted: all for whom it came."
            )
        )


def _money(found: Worklist) -> tuple[float, float, float]:
    """-> (what keeping one is worth, what seeing to one costs, the share kept)."""
    values = [item.value for item in found.items if item.value is not None]
    usual = round(sum(values) / len(values), 2) if values else 0.0
    with st.popover("What it is worth", icon=":material/payments:", type="tertiary"):
        value = st.number_input("Keeping one is worth", 0.0, None, usual, key="trade_value", help="The mean of the listed, to begin with.")
        cost = st.number_input("Seeing to one costs", 0.0, None, 0.0, key="trade_cost")
        share = st.slider("Of those caught, kept", 0, 100, SAVED, format="%d%%", key="trade_saved")
        st.caption("Only an experiment can tell what share a call keeps; a score cannot.")
    return max(0.0, value or 0.0), max(0.0, cost or 0.0), min(100, max(0, share)) / 100


def _numbers(one: Treated, found: Worklist, value: float, cost: float, saved: float) -> None:
    earned = worth_of(one, value, cost, saved)
    lines = [
        f"**{count(one.treated)}** of {count(one.n)} seen to",
        f"**{count(one.caught)}** of {count(one.came)} caught, {_share(one.recall, one.recall_interval)}",
        f"**{count(one.false_alarms)}** false alarms; right for {_share(one.precision, one.precision_interval)}",
        f"**{count(one.missed)}** missed",
    ]
    if value or cost:
        low, high = earned.interval or (earned.net, earned.net)
        around = between(money(low, found.currency), money(high, found.currency))
        lines.append(f"**{literal(money(earned.net, found.currency))}** net :gray[{literal(around)}]")
        if cost and earned.break_even is not None:
            lines.append(f"pays for itself if {percent(earned.break_even, 0)} of those caught are kept")
    else:
        lines.append(":gray[Say what keeping a customer is worth to see the money.]")
    st.markdown("  \n".join(lines))


def _share(share: float | None, interval: tuple[float, float] | None) -> str:
    if share is None:
        return "–"
    around = "" if interval is None else f" :gray[{percent(interval[0], 0)} to {percent(interval[1], 0)}]"
    return f"{percent(share, 0)}{around}"
