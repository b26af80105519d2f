"""What customers are worth from here on: expected value within a horizon, by whom, and how such a forecast did before."""

from typing import Any

import polars as pl
import streamlit as st

from journey.charts.lifetime import check_figure, check_rows, check_sentence, lifetime_sentence, tenths_figure, told_amount
from journey.charts.words import between, count, decimal, percent, several
from journey.predict.lifetime import LifetimeQuestion, lifetime_customers, measure_lifetime
from journey.predict.lifetime.result import Holdout, Lifetime
from journey.rules import event_names, known_properties
from journey.rules.match import NUMBERS
from journey.scope import Scope
from journey.warehouse import setting
from pages.parts.charts import draw
from pages.parts.frame import Page, counted, download_figure, download_table, literal, measured
from pages.parts.people import open_selected, show_people
from pages.parts.workspace import answer, derived

MAPPED = ""
HORIZONS = {"30": "Next 30 days", "90": "Next 90 days", "180": "Next 180 days", "365": "Next 12 months"}
MODELS = {"bg_nbd": "BG/NBD", "mbg_nbd": "MBG/NBD", "pareto_nbd": "Pareto/NBD"}
SHOWN = 50


def show_worth(page: Page) -> None:
    """The card; nothing where no revenue is mapped and the log holds no numbers to be worth something."""
    mapped = bool(answer(page.con, page.version, setting, "revenue"))
    numbers = [prop.name for prop in answer(page.con, page.version, known_properties) if prop.of == "event" and prop.type in NUMBERS]
    if not mapped and not numbers:
        return
    with st.container(border=True, key="worth_card"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("What customers are worth from here on", anchor=False, width="stretch")
            question = _choose(page, mapped, numbers)
        if question is None:
            st.caption("No revenue is mapped. Choose under Orders which event is one, and what it is worth.")
            return
        # Who is worth what is told of all who ever ordered: the period above selects when people did things, not who they are.
        scope = Scope(None, None, page.scope.timezone, page.scope.segment)
        with st.spinner("Fitting how often customers order, when they leave and what they spend ..."):
            found: Lifetime = measured(page, measure_lifetime, question, scope)
        st.markdown(f"**{literal(lifetime_sentence(found))}**")
        tenth = _show_found(page, found) if found.enough else None
    if tenth is not None:
        _show_tenth(page, found, scope, tenth)
    counted(page, found.evidence, key="worth_counted")


def _choose(page: Page, mapped: bool, numbers: list[str]) -> LifetimeQuestion | None:
    """The horizon; in the popover what an order is and which model reads it."""
    horizon = _select("Horizon", list(HORIZONS), "worth_horizon", 160, HORIZONS, 1, labelled=False)
    names = answer(page.con, page.version, event_names)
    with st.popover("Orders", icon=":material/tune:"):
        first = {MAPPED: "Mapped revenue" if mapped else "Choose an event"}
        event = _select("An order is", [MAPPED, *names], "worth_event", 260, first)
        own = {MAPPED: "Mapped revenue" if mapped else "Not told"}
        worth = _select("It is worth", [MAPPED, *numbers], "worth_value", 260, own)
        model = _select("Model", list(MODELS), "worth_model", 260, MODELS)
        st.caption("One order per customer and day. BG/NBD: leaving after an order; MBG/NBD: after the first too; Pareto/NBD: at any time.")
    if not event and not mapped:
        return None
    return LifetimeQuestion(event or None, worth or None, None, int(horizon), "week", model)


def _select(label: str, options: list[str], key: str, width: int, told: dict[str, str], usual: int = 0, *, labelled: bool = True) -> str:
    chosen = st.selectbox(
        label,
        options,
        index=usual,
        format_func=lambda name: told.get(name, name),
        key=key,
        bind="query-params",
        width=width,
        label_visibility="visible" if labelled else "collapsed",
    )
    return chosen if chosen in options else options[usual]


def _show_found(page: Page, found: Lifetime) -> int | None:
    """The tenths beside the check, and the most valuable customers; the tenth that was chosen."""
    st.caption(
        literal(
            f"All {several(found.customers.height, 'customer')} who have ordered, whatever the period above. Totals with the range "
            f"in which 95% of what comes lies if {found.title} holds."
        )
    )
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.markdown("**Expected by tenth of the customers**")
        figure = derived(tenths_figure, found)
        picked = draw(figure, "worth_tenths", select=True, min_width=480, alt=lifetime_sentence(found))
        _take(found, picked)
        tenth = _choose_tenth(found)
        _show_best(page, found)
    with right:
        _show_check(found, found.holdout)
    for told in found.evidence.warnings:
        if not told.startswith("In the check"):  # said beside its picture
            st.caption(":material/warning: " + literal(told))
    with st.container(horizontal=True):
        download_table("customer_value", lambda: customers_table(found))
        download_figure("customer_value", figure)
    return tenth


def _show_check(found: Lifetime, held: Holdout | None) -> None:
    st.markdown("**Did such a forecast hold?**")
    if held is None:
        st.caption(literal(found.unchecked or "The data hold no days to check it on."))
        return
    told = check_sentence(found, held)
    draw(derived(check_figure, found, held), "worth_check", alt=told)
    st.caption(literal(told))
    st.dataframe(
        pl.DataFrame(check_rows(found, held)),
        hide_index=True,
        key="worth_check_table",
        column_config={"Error each": st.column_config.TextColumn(help="Root of the mean square of foretold less came, per customer")},
    )


def _take(found: Lifetime, picked: Any) -> None:
    """A clicked bar sets the select below, once: the chart keeps its selection over later runs."""
    points = picked.get("selection", {}).get("points", []) if picked else []
    spot = points[0].get("point_index") if points else None
    if spot == st.session_state.get("worth_spot"):
        return
    st.session_state.worth_spot = spot
    if isinstance(spot, int) and 0 <= spot < len(found.tenths):
        st.session_state.worth_tenth = _tenth_name(found.tenths[spot].number)


def _choose_tenth(found: Lifetime) -> int | None:
    names = {_tenth_name(tenth.number): tenth.number for tenth in found.tenths}
    if st.session_state.get("worth_tenth") not in names:
        st.session_state.pop("worth_tenth", None)
    chosen = st.selectbox(
        "Tenth",
        list(names),
        index=None,
        placeholder="See a tenth: here, or click its bar",
        key="worth_tenth",
        bind="query-params",
        label_visibility="collapsed",
        icon=":material/ads_click:",
        width=300,
    )
    return names.get(chosen or "")


def _tenth_name(number: int) -> str:
    return "Most valuable tenth" if number == 1 else f"Tenth {number}"


def _show_best(page: Page, found: Lifetime) -> None:
    """The most valuable customers, each with what is expected of them; a selected row opens the customer."""
    best = found.customers.head(SHOWN)
    rows = [
        {
            "Customer": row["id"],
            "Expected": told_amount(found, row["value"] if found.value is not None else row["expected_orders"]),
            "95%": _range(found, row),
            "Orders": decimal(row["expected_orders"], 2),
            "Still a customer": percent(row["p_alive"], 0),
        }
        for row in best.iter_rows(named=True)
    ]
    st.markdown(f"**The {count(len(rows))} most valuable.** Select a row to open the customer.")
    st.dataframe(
        pl.DataFrame(rows),
        hide_index=True,
        height=245,
        key="worth_best",
        selection_mode="single-row",
        on_select=lambda: open_selected(page, best["id"].to_list(), "worth_best"),
        column_config={"95%": st.column_config.TextColumn(help="Of what is expected: what is not known of the parameters, not chance")},
    )


def _range(found: Lifetime, row: dict[str, Any]) -> str:
    low, high = (row["low"], row["high"]) if found.value is not None else (row["orders_low"], row["orders_high"])
    return "" if low is None or high is None else between(told_amount(found, low), told_amount(found, high))


def _show_tenth(page: Page, found: Lifetime, scope: Scope, tenth: int) -> None:
    mark = {"tenth": tenth}
    people = answer(page.con, page.version, lifetime_customers, found.question, scope, mark)
    rule = {"lifetime_value": found.question.as_plain() | {"scope": scope.as_plain()}, **mark}
    name = f"{_tenth_name(tenth)}, next {several(found.question.horizon, 'day')}"
    show_people(page, people, f"{_tenth_name(tenth)}: {several(people.count, 'customer')}", rule, name)


def customers_table(found: Lifetime) -> pl.DataFrame:
    """One row per customer, the most valuable first: expected orders and value with their 95% intervals, chance to be still there."""
    return found.customers.rename({"low": "value_low", "high": "value_high"})
