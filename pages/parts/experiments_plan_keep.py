"""Keeping a plan: as a draft, locked, or as a change that says why; always with somebody's name."""

import streamlit as st

from journey.charts.words import several
from journey.errors import JourneyError
from journey.experiments.plan import Plan, Planned, doubts, keep_plan, lock_plan, missing, plan_from, plan_plain
from journey.experiments.read.exposure import experiments_in
from pages.parts.actions_person import UNNAMED, name_person, person
from pages.parts.experiments_plan_draft import AFTER, OF, Plain, drop, follow, kept_part
from pages.parts.frame import Page, literal
from pages.parts.workspace import answer

SIZING = ("variants", "effect", "confidence", "power", "reading", "looks", "at", "unit", "segment")
FAULT, REASON, DONE = "plan_fault", "plan_reason", "plan_done"
LOCKING = (
    "Locking writes the plan down with a fingerprint (SHA-256) of every word, chained to the version before. From then on nothing "
    "can be put in its place unseen: each change is kept with who made it, when and why, and stands beside the result. "
    "Lock before the first look; what was chosen after seeing the result proves nothing."
)


def read_plan(plain: Plain) -> tuple[Plan | None, str]:
    """The plan that the draft stands for, or why it is none."""
    if not plain.get("experiment"):
        return None, "Give it a name: the one that its exposures will carry."
    try:
        return plan_from(kept_part(plain)), ""
    except JourneyError as fault:
        return None, str(fault)


def is_sized_alike(plain: Plain, planned: Planned) -> bool:
    """Whether the draft says the same as the plan in all that its size follows from: then that is left as it was said."""
    plan, before = read_plan(plain)[0], plan_plain(planned.plan)
    now = {} if plan is None else plan_plain(plan)
    return plan is not None and plan.primary == planned.plan.primary and all(now.get(key) == before.get(key) for key in SIZING)


def show_keeping(page: Page, of: str, plain: Plain, plan: Plan | None, why: str, planned: Planned | None) -> None:
    """What it lacks, who keeps it, and the buttons."""
    changing = planned is not None and planned.locked
    with st.container(border=True, key="plan_keep"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("Change it" if changing else "Keep it", anchor=False, width="stretch")
            st.caption(_state(planned), width="content")
        lacks = [why] if plan is None else list(missing(plan))
        for lack in lacks:
            st.caption(":material/radio_button_unchecked: " + literal(lack))
        for doubt in () if plan is None else doubts(plan):
            st.caption(":material/info: " + literal(doubt))
        if not changing and (late := _late(page, of)):
            st.caption(":material/warning: " + literal(late))
        if changing:
            st.text_input("Why it is changed", key=REASON, max_chars=400, placeholder="A sentence; it stands beside the change")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            by = name_person()
            ready = plan is not None and bool(by)
            if changing:
                _button(
                    "**Keep the change**", "edit_note", ready and not lacks and bool(st.session_state.get(REASON)), page, of, plain, False
                )
            else:
                _button("**Keep the draft**", "save", ready, page, of, plain, False)
                with st.popover("Lock it", icon=":material/lock:"):
                    st.markdown(LOCKING)
                    _button("**Lock the plan**", "lock", ready and not lacks, page, of, plain, True)
            st.button(
                "Start over" if planned is None else "Undo what is not kept", key="plan_undo", type="tertiary", on_click=drop, args=(of,)
            )
        if not by:
            st.caption("Say who you are: a plan is kept with a name.")
        if fault := st.session_state.pop(FAULT, None):
            st.error(literal(fault), icon=":material/error:")
        if done := st.session_state.pop(DONE, None):
            st.toast(literal(done))


def _late(page: Page, of: str) -> str:
    """Where variants were shown already: the plan can still be locked, and will say so."""
    seen = next((one for one in answer(page.con, page.version, experiments_in) if one.name == of), None)
    if seen is None:
        return ""
    shown = several(sum(seen.variants.values()), "customer")
    return f"{shown} were shown a variant already. A plan that is locked now will say that it came after them."


def _state(planned: Planned | None) -> str:
    if planned is None:
        return "not kept yet"
    return f"{'locked' if planned.locked else 'a draft'}, version {planned.version}"


def _button(label: str, icon: str, ready: bool, page: Page, of: str, plain: Plain, lock: bool) -> None:
    key = "plan_lock" if lock else "plan_save"
    st.button(label, key=key, icon=f":material/{icon}:", disabled=not ready, on_click=_keep, args=(page, of, plain, lock))


def _keep(page: Page, of: str, plain: Plain, lock: bool) -> None:
    """A callback: what is kept is what the form showed."""
    by = person()
    if not by:
        st.session_state[FAULT] = UNNAMED
        return
    try:
        plan = plan_from(kept_part(plain))
        kept = keep_plan(page.con, plan, by=by, reason=st.session_state.get(REASON) or "", after=plain.get(AFTER))
        if lock:
            lock_plan(page.con, plan.experiment, by=by, after=kept.version)
    except JourneyError as fault:
        st.session_state[FAULT] = str(fault)
        return
    drop(of)
    st.session_state.pop(REASON, None)
    st.session_state[OF] = plan.experiment
    follow()
    st.session_state[DONE] = f"{'Locked' if lock else 'Kept'}: {plan.experiment}."
