"""Did it work?  Each action against those held out, what came of it in stages and money, and who is behind each number."""

import polars as pl
import streamlit as st

from journey.actions.catalog import ActionCatalog
from journey.actions.results import Compared, Results, ResultsQuestion, measure_results
from journey.actions.results.result import CAMPAIGN, LEDGER
from journey.charts.actions_results import describe_forest, describe_value, forest_figure, value_figure
from journey.charts.actions_results_said import (
    ADVANCED,
    NOTES,
    OUTCOME,
    TITLES,
    has_any,
    lift_told,
    results_title,
    rows_of,
    shares_told,
    sources_of,
    sum_told,
    value_title,
    verdict_lines,
    with_records,
)
from journey.charts.words import count, delta, money, percent, several
from pages.parts.actions_behind import offer_people
from pages.parts.actions_uplift import show_uplift
from pages.parts.charts import draw
from pages.parts.frame import Page, counted, download_table
from pages.parts.text import literal
from pages.parts.workspace import derived, one_of

ACTION, SOURCE = "results_action", "results_source"
NAMES = {LEDGER: "Our own", CAMPAIGN: "The log's campaign"}


def show_results(page: Page, catalog: ActionCatalog) -> None:
    """The forest of all actions, then one of them closer."""
    with st.spinner("Comparing with those held out …"):
        results: Results = measure_results(page.con, ResultsQuestion(), page.scope)  # held until the ledger changes
    sources = sources_of(results)
    if sources:
        for source in sources:
            _forest(results, source)
        _closer(page, results)
    else:
        _nothing(catalog)
    counted(page, results.evidence, "results_counted")
    show_uplift(page, catalog)


def _nothing(catalog: ActionCatalog) -> None:
    with st.container(border=True, key="results_nothing"):
        with st.container(horizontal=True):
            st.subheader("Nothing was done yet that could be measured", anchor=False)
        st.caption(
            f"Approve proposals and hand them over. {percent(catalog.guardrails.holdout, 0)} of customers are held out for good, so that "
            "each action has somebody to be compared with; 50 decisions on either side whose time is over are needed first."
        )


def _forest(results: Results, source: str) -> None:
    """Lifts on the left, what they mean in words on the right."""
    with st.container(border=True, key=f"results_{source}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(literal(results_title(results, source)), anchor=False, width="stretch")
            st.badge(TITLES[source], color="blue" if source == LEDGER else "gray")
        st.caption(f"{NOTES[source]} Points of the outcome's share; intervals hold however often one looks.")
        left, right = st.columns([3, 2])
        rows, further = (one_of(tuple(rows_of(results, source, which))) for which in (OUTCOME, ADVANCED))
        with left:
            draw(derived(forest_figure, rows), f"results_forest_{source}", alt=describe_forest(rows), min_width=430)
        with right:
            lines = verdict_lines(results, source)
            st.markdown("\n\n".join(f":material/{icon}: **{literal(name)}** {literal(told)}" for icon, name, told in lines))
        if any(row.estimate is not None for row in further):
            with st.expander("Did they come a stage further?", icon=":material/route:"):
                st.caption("The share who stood in a later stage when the action's time was over, less that without it.")
                draw(derived(forest_figure, further), f"results_further_{source}", alt=describe_forest(further), min_width=430)


def _closer(page: Page, results: Results) -> None:
    found = with_records(results)
    names = [one.action for one in found]
    with st.container(border=True, key="results_closer"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.subheader("One action closer", anchor=False, width="stretch")
            if st.session_state.get(ACTION) not in (None, *names):
                st.session_state.pop(ACTION)
            name = st.selectbox("Action", names, key=ACTION, bind="query-params", label_visibility="collapsed", width=240)
            result = next(one for one in found if one.action == (name or names[0]))
            records = [one for one in result.compared if has_any(one)]
            one = _choose_record(records)
        currency = results.currency
        _cards(one, currency)
        left, right = st.columns([3, 2])
        with left:
            st.markdown(f"**{literal(value_title(one, currency))}**")
            st.caption("Net revenue of those treated less that of those not, from the same stages, added up from the day of the action.")
            if one.over_time:
                alt = describe_value(one.over_time, currency)
                draw(derived(value_figure, one.over_time, currency), "results_value", alt=alt)
        with right:
            _stages(one)
        offer_people(page, result.action, one)
        download_table("action_results", lambda: _download(results))


def _choose_record(records: list[Compared]) -> Compared:
    if len(records) < 2:
        return records[0]
    sources = [one.source for one in records]
    chosen = st.segmented_control(
        "Record", sources, default=sources[0], required=True, key=SOURCE, format_func=NAMES.__getitem__, label_visibility="collapsed"
    )
    return next((one for one in records if one.source == chosen), records[0])


def _cards(one: Compared, currency: str | None) -> None:
    """What it added, how many came further, what it brought and what it cost."""
    added, around = lift_told(one.lift)
    further, further_around = lift_told(one.advanced)
    with st.grid(4, min_column_width=150, key="results_cards"):
        _card("Had the outcome", added, around)
        _card("Came a stage further", further, further_around)
        if one.money is None:
            _card("Brought each", "–", "no revenue is mapped")
            _card("Net of costs", "–", "no revenue is mapped")
        else:
            _card("Brought each", money(one.money.each.value, currency), sum_told(one.money.each, currency))
            net = one.money.net
            _card("Net of costs", money(net.value, currency), sum_told(net, currency))
    told = [shares_told(one), "" if one.money is None else one.money.sentence]
    treated, control = one.treated, one.control
    told.append(
        f"{several(treated.decisions, 'decision')} of {several(treated.customers, 'customer')} with it, "
        f"{count(control.decisions)} of {count(control.customers)} without."
    )
    st.caption(literal(". ".join(part.rstrip(".") for part in told if part) + "."))


def _card(label: str, value: str, beside: str) -> None:
    st.metric(label, literal(value), delta(beside), border=True, height="stretch", delta_color="off", delta_arrow="off")


def _stages(one: Compared) -> None:
    """The same by the stage they were in; small stages are told by what the stages have in common."""
    st.markdown("**By the stage they were in**")
    if not one.stages:
        st.caption("No stage has enough decisions yet.")
        return
    told = [lift_told(stage.lift) for stage in one.stages]
    table = pl.DataFrame(
        {
            "Stage": [stage.stage.capitalize() for stage in one.stages],
            "Added": [value for value, _ in told],
            "95%": [around.removesuffix(" pts") for _, around in told],
            "Decisions": [f"{count(stage.treated.decisions)} against {count(stage.control.decisions)}" for stage in one.stages],
        }
    )
    st.dataframe(table, hide_index=True, height=min(38 + 35 * len(one.stages), 320), key="results_stages")


def _download(results: Results) -> pl.DataFrame:
    rows = []
    for result in results.actions:
        for one in result.compared:
            lift, around = one.lift, None if one.lift is None else one.lift.always_valid
            rows.append(
                {
                    "action": result.action,
                    "record": one.source,
                    "treated": one.treated.decisions,
                    "control": one.control.decisions,
                    "treated_share": one.treated.share,
                    "control_share": one.control.share,
                    "lift": None if lift is None else lift.difference,
                    "low": None if around is None else around[0],
                    "high": None if around is None else around[1],
                    "verdict": one.verdict,
                    "brought_each": None if one.money is None else one.money.each.value,
                    "net": None if one.money is None else one.money.net.value,
                }
            )
    return pl.DataFrame(rows, infer_schema_length=None)
