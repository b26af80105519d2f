"""Before a launch: what the proposed policy would have brought, by the log of today's; and what each action would bring now."""

from typing import Any

import polars as pl
import streamlit as st

from journey.actions.catalog import ActionCatalog
from journey.actions.logged.campaign import campaigned
from journey.actions.off_policy import PolicyValue, measure_policy_value, policy_customers, read_policy_value
from journey.charts.actions_policy import describe_policy, policy_caption, policy_figure, policy_sentence, reward_told
from journey.charts.words import count, delta, percent, several
from journey.warehouse import setting
from pages.parts.actions_what_if import show_what_if
from pages.parts.charts import draw
from pages.parts.frame import Page, counted, measured
from pages.parts.people import show_people
from pages.parts.text import literal
from pages.parts.workspace import derived

POLICY, REWARD, LIST = "policy", "policy_reward", "policy_list"
BY_CATALOG, ALIKE, NOTHING = "catalog", "alike", "nothing"
REWARDS = {"money": "in money", "did": "in outcomes"}
OFF: dict[str, Any] = {"delta_color": "off", "delta_arrow": "off", "border": True, "height": "stretch"}


def show_launch(page: Page, catalog: ActionCatalog) -> None:
    """Two cards: the policy against today's, and the actions against each other."""
    _show_policy(page, catalog)
    show_what_if(page)


def _show_policy(page: Page, catalog: ActionCatalog) -> None:
    with st.container(border=True, key="policy_card"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("What would another policy have brought?", anchor=False, width="stretch")
            chosen = _choose(catalog)
        if chosen is None:
            st.caption(
                "Nothing in the log can tell yet: it holds no campaign whose actions were drawn at random with a known chance. "
                "Every run of this product draws so and keeps the chances; name the campaign in the catalog as `logged` where there is one."
            )
            return
        asked, told = chosen
        question = read_policy_value(asked, files=False)
        with st.spinner("Weighing the decisions of the log …", show_time=True):
            found: PolicyValue = measured(page, measure_policy_value, question)
        people = _picture(page, found, told)
    if people:
        behind = policy_customers(page.con, question, page.scope, {"agrees": True})
        rule = {"policy_value": asked | {"scope": page.scope.as_plain()}, "agrees": True}
        show_people(page, behind, "Decided on as this policy might have", rule, f"As {told}"[:80])
    counted(page, found.evidence, "counted_policy", {"ask": "policy_value", **asked})


def _choose(catalog: ActionCatalog) -> tuple[dict[str, Any], str] | None:
    """-> (the question as plain data, the policy in words); None where no campaign was logged."""
    names = campaigned(catalog)
    if not names:
        return None
    first = catalog.action(names[0])
    logged = {name: action.logged for name in names if (action := catalog.action(name)) and action.logged}
    event = first.logged.event if first and first.logged else ""
    same = {name: one for name, one in logged.items() if one.event == event}
    policies: dict[str, tuple[Any, str]] = {"The catalog, by stage": (BY_CATALOG, "what the catalog holds best for each stage")}
    policies |= {f"{name} for everybody": (one.is_, f"{name} for everybody") for name, one in same.items()}
    policies |= {"Nothing for anybody": (next(iter(same.values())).nothing, "doing nothing")}
    policies |= {"Each action alike": ({"uniform": True}, "each action as often as the others")}
    if st.session_state.get(POLICY) not in (None, *policies):
        st.session_state.pop(POLICY)
    policy = st.selectbox(
        "Policy", list(policies), key=POLICY, bind="query-params", label_visibility="collapsed", icon=":material/alt_route:", width=250
    )
    reward = st.segmented_control(
        "Reward",
        list(REWARDS),
        default=None if REWARD in st.session_state else "money",
        format_func=REWARDS.__getitem__,
        key=REWARD,
        bind="query-params",
        required=True,
        label_visibility="collapsed",
    )
    value, told = policies[policy if policy in policies else next(iter(policies))]
    return {"log": "events", "action": names[0], "policy": value, "reward": reward if reward in REWARDS else "money"}, told


def _picture(page: Page, found: PolicyValue, policy: str) -> bool:
    """The sentence, the intervals, what it would do; answers whether the list behind it is open."""
    currency = setting(page.con, "currency")
    st.markdown(f"**{literal(policy_sentence(found, policy, currency))}**")
    if found.estimates is None or found.overlap is None:
        return False
    st.caption(literal(policy_caption(found)))
    for warning in found.overlap.warnings:
        st.caption(":material/warning: " + literal(warning))
    left, right = st.columns([3, 2], gap="large")
    with left:
        draw(derived(policy_figure, found, currency), "policy_value", alt=describe_policy(found, currency))
        if found.planned:
            told = "; ".join(f"{one.stage}: {one.action}" for one in found.planned)
            st.caption(literal(f"By stage it would choose: {told}."))
        agreeing = found.agreeing_customers or 0
        label = literal(f"See the {several(agreeing, 'customer')} decided on as it might have")
        opened = bool(agreeing) and st.toggle(label, key=LIST, bind="query-params")
    with right:
        _numbers(found, currency)
        _choices(found)
    return opened


def _numbers(found: PolicyValue, currency: str | None) -> None:
    estimates, over = found.estimates, found.overlap
    if estimates is None or over is None:
        return
    best = getattr(estimates, estimates.best)
    if best.value is None:
        return
    with st.grid(2, min_column_width=150, key="policy_numbers"):
        error = "standard error not known" if best.standard_error is None else f"± {reward_told(best.standard_error, found.unit, currency)}"
        st.metric("A decision would bring", literal(reward_told(best.value, found.unit, currency)), literal(delta(error)), **OFF)
        share = over.effective_size / over.n if over.n else None
        st.metric("Effective decisions", count(over.effective_size), f"{percent(share, 0)} of {count(over.n)}", **OFF)


def _choices(found: PolicyValue) -> None:
    """What it would do, beside what was done."""
    rows = [
        {"Action": one.action, "It would": None if one.share is None else round(one.share, 2), "Today": round(one.today, 2)}
        for one in found.choices
    ]
    share = st.column_config.ProgressColumn(format="percent", min_value=0.0, max_value=1.0, width=110)
    st.dataframe(
        pl.DataFrame(rows, infer_schema_length=None, schema_overrides={"It would": pl.Float64}),
        hide_index=True,
        height="content",
        column_config={"Action": st.column_config.TextColumn(width=130), "It would": share, "Today": share},
    )
