"""What was planned before anybody looked, when it was locked, what was changed since, and what is read otherwise here."""

import polars as pl
import streamlit as st

from journey.charts.experiments_plan_said import field_name, plan_rows, said
from journey.charts.words import date, moment, several, short
from journey.experiments.plan import Planned
from journey.experiments.result import Reading
from journey.warehouse import setting
from pages.parts.frame import Page
from pages.parts.text import literal

EXPLORATORY = (
    ":material/explore: Exploratory: no plan was locked before this was looked at, so its metrics could have been chosen by what they show."
)


def show_plan_status(page: Page, reading: Reading, planned: Planned | None, of_log: bool) -> None:
    """One quiet line beside the verdict; the plan itself behind a popover."""
    if planned is None:
        st.caption(
            EXPLORATORY if of_log else ":material/explore: Not planned here: what is said of it rests on these numbers alone.",
            width="stretch",
        )
        return
    st.caption(literal(status_told(planned, page.scope.timezone)), width="stretch")
    with st.popover("The plan", icon=":material/lock:" if planned.locked else ":material/edit_note:"):
        _plan(page, planned)


def status_told(planned: Planned, timezone: str) -> str:
    """Locked when and by whom, against what had been seen by then."""
    if not planned.locked:
        return f"A draft of a plan by {planned.kept_by}, not locked. Until it is, it binds nobody, and what is seen is exploratory."
    seen = []
    if planned.exposed_at_lock:
        seen.append(f"after {several(planned.exposed_at_lock, 'unit')} had been exposed")
    if planned.looks_at_lock:
        seen.append(f"after {several(planned.looks_at_lock, 'look')}")
    when = " and ".join(seen) or "before anybody was exposed"
    times = "once" if len(planned.changes) == 1 else several(len(planned.changes), "time")
    changed = f"changed {times} since" if planned.changes else "unchanged since"
    chain = "" if planned.unbroken else f"; its record is broken at version {planned.broken_at}: somebody altered it past the app"
    return f"Planned and locked {date(planned.locked_at, timezone)} by {planned.locked_by}, {when}; {changed}{chain}."


def _plan(page: Page, planned: Planned) -> None:
    plan, zone = planned.plan, page.scope.timezone
    if plan.hypothesis:
        st.markdown(literal(plan.hypothesis))
    currency = setting(page.con, "currency")
    facts = [{"What": what, "Planned": told} for what, told in plan_rows(planned, currency, zone)]
    st.dataframe(pl.DataFrame(facts), hide_index=True, height="content")
    if planned.changes:
        st.markdown("**Changed after the lock**")
        rows = [
            {
                "When": moment(change.at, zone),
                "Who": change.by,
                "Why": change.reason,
                "What": field_name(field.field),
                "From": short(said(field.before, field.field, plan.primary, currency), 90),
                "To": short(said(field.after, field.field, plan.primary, currency), 90),
                "Exposed by then": change.exposed,
                "Looks by then": change.looks,
            }
            for change in planned.changes
            for field in change.fields
        ]
        st.dataframe(pl.DataFrame(rows, infer_schema_length=None), hide_index=True, height="content")
    st.caption("The hash of the text in force; noted elsewhere, it proves that nothing was put in its place.")
    st.code(planned.hash, language=None, wrap_lines=True)
