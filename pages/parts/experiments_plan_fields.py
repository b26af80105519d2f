"""The fields of a plan beside its metrics: what is expected, who takes part, which variants, how it will be read."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from journey.charts.experiments_plan_said import unit_noun
from journey.experiments.judge import HowRead, assumes
from journey.rules import event_names, known_properties
from journey.rules.match import NUMBERS
from journey.rules.saved import EVERYONE
from journey.rules.words import tell_rule
from pages.parts.choices import segment_choices
from pages.parts.experiments_plan_draft import NEW, Plain, drafts, seeded, turn
from pages.parts.frame import Page, literal
from pages.parts.workspace import answer

READINGS = {"always_valid": "Look whenever you like", "planned": "Planned looks", "fixed": "One look, at the end", "bayesian": "Bayesian"}
KEPT = "as it was planned"
ANY = "do anything"
CUSTOMER = "customer"
MOST_VARIANTS = 6
CONFIDENCES, POWERS = (0.9, 0.95, 0.99), (0.7, 0.8, 0.9, 0.95)


def word_fields(of: str, plain: Plain) -> Plain:
    """The name, the hypothesis, the words it will be found by."""
    name = str(plain.get("experiment", ""))
    if of == NEW:
        name = st.text_input(
            "Name", key=seeded("name", name), max_chars=100, placeholder="as the exposures will call it, such as short_checkout"
        )
    hypothesis = st.text_area(
        "Hypothesis",
        key=seeded("hypothesis", plain.get("hypothesis", "")),
        placeholder="We believe that … for … will lead to …, because …",
        max_chars=2_000,
        height=96,
    )
    about = st.text_input(
        "About", key=seeded("about", ", ".join(plain.get("about", ()))), placeholder="words to find it by later: checkout, payment"
    )
    words = [word.strip() for word in (about or "").split(",") if word.strip()]
    return {"experiment": " ".join((name or "").split()), "hypothesis": hypothesis or "", "about": words}


def who_fields(page: Page, plain: Plain) -> Plain:
    """Who takes part, the step at which they are let in, and what is counted as one."""
    choices: dict[str, Any] = dict(answer(page.con, page.version, segment_choices))
    rule, at = plain.get("segment"), plain.get("at")
    held = next((name for name, own in choices.items() if own == rule), KEPT)
    if held == KEPT:
        choices[KEPT] = rule
    steps: dict[str, Any] = {ANY: None} | {name: name for name in answer(page.con, page.version, event_names)}
    told = next((name for name, step in steps.items() if step == at), KEPT)
    if told == KEPT:
        steps[KEPT] = at
    left, right = st.columns(2)
    chosen = left.selectbox("Who takes part", list(choices), key=seeded("segment", held), help=_rule_told(rule))
    step = right.selectbox(
        "Let in when they first", list(steps), key=seeded("at", told), help="Traffic and baseline are counted from there."
    )
    return {"segment": choices.get(chosen or EVERYONE), "at": steps.get(step or told), "unit": _unit(page, plain)}


def _unit(page: Page, plain: Plain) -> str:
    """A customer, or what a property of the events names; quietly, as it is nearly always the customer."""
    held = str(plain.get("unit") or CUSTOMER)
    names = [prop.name for prop in answer(page.con, page.version, known_properties) if prop.of == "event" and prop.type not in NUMBERS]
    options = list(dict.fromkeys([CUSTOMER, *(f"property:{name}" for name in names), held]))
    with st.popover("Who is one", icon=":material/person:", type="tertiary"):
        chosen = st.selectbox("Drawn and counted is", options, format_func=unit_noun, key=seeded("unit", held))
        st.caption("One keeps its variant. A customer it is, unless the dice fall for something else: a shop, a device, a session.")
    return chosen or CUSTOMER


def _rule_told(rule: Any) -> str:
    return literal("Everyone, or a segment that is saved." if rule is None else tell_rule(rule))


def variant_fields(of: str, plain: Plain) -> Plain:
    """Variants with their shares in percent; the first is control."""
    held: Mapping[str, float] = plain.get("variants") or {"control": 0.5, "treatment": 0.5}
    control = plain.get("control")
    names = sorted(held, key=lambda name: (name != control, name != "control")) if control else list(held)
    found: dict[str, float] = {}
    for place, name in enumerate(names):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            label = "Control" if not place else f"Variant {place}"
            typed = st.text_input(label, key=seeded(f"variant_{place}", name), max_chars=100, width="stretch")
            share = st.number_input("Share, %", 0.1, 99.9, key=seeded(f"share_{place}", round(100 * held[name], 4)), format="%g", width=110)
            if place > 1:
                st.button(
                    "",
                    key=f"plan_unvary_{place}",
                    icon=":material/close:",
                    type="tertiary",
                    help="Take it out",
                    on_click=_unvary,
                    args=(of, name),
                )
        unmoved = share == round(100 * held[name], 4)  # a third stays a third
        found[" ".join((typed or "").split()) or name] = held[name] if unmoved else float(share or 0.0) / 100
    with st.container(horizontal=True, vertical_alignment="center"):
        if len(names) < MOST_VARIANTS:
            st.button("Add a variant", key="plan_vary", icon=":material/add:", type="tertiary", on_click=_vary, args=(of,))
        st.button("Share alike", key="plan_alike", icon=":material/balance:", type="tertiary", on_click=_alike, args=(of,))
    return {"variants": found, "control": next(iter(found))}


def _vary(of: str) -> None:
    variants = drafts()[of]["variants"]
    name = next(name for place in range(2, 99) if (name := f"treatment {place}") not in variants)
    _share_alike(of, [*variants, name])


def _unvary(of: str, name: str) -> None:
    _share_alike(of, [one for one in drafts()[of]["variants"] if one != name])


def _alike(of: str) -> None:
    _share_alike(of, list(drafts()[of]["variants"]))


def _share_alike(of: str, names: list[str]) -> None:
    drafts()[of]["variants"] = {name: 1 / len(names) for name in names}
    turn()


def reading_fields(plain: Plain) -> Plain:
    """How it will be read, with what that assumes in a sentence; how sure one wants to be."""
    kind = (
        st.selectbox(
            "How it will be read",
            list(READINGS),
            format_func=READINGS.__getitem__,
            key=seeded("reading", plain.get("reading", "always_valid")),
        )
        or "always_valid"
    )
    looks = None
    if kind == "planned":
        looks = int(st.number_input("Looks, evenly spread", 1, 400, key=seeded("looks", int(plain.get("looks") or 4))) or 4)
    with st.popover("How sure", icon=":material/tune:", type="tertiary"):
        confidence = _among("Confidence of the intervals", CONFIDENCES, float(plain.get("confidence", 0.95)), "confidence")
        power = _among("Chance to find the effect where it is there", POWERS, float(plain.get("power", 0.8)), "power")
    return {"reading": kind, "looks": looks, "confidence": confidence, "power": power}


def say_assumed(plain: Plain) -> None:
    """What the way of reading promises, and what one has to keep to for that; that of the others a click away."""
    usual = HowRead()
    tuned = plain.get("tuned_at") or usual.tuned_at
    told = {kind: assumes(HowRead(kind, plain["confidence"], plain.get("looks") or usual.looks, 0, tuned)) for kind in READINGS}
    st.caption(literal(told[plain["reading"]]))
    with st.popover("What each assumes", icon=":material/help:", type="tertiary"):
        for kind, sentence in told.items():
            st.markdown(f"**{READINGS[kind]}.** {literal(sentence)}")


def _among(label: str, options: tuple[float, ...], held: float, of: str) -> float:
    offered = sorted({*options, held})
    return st.select_slider(label, offered, format_func=lambda share: f"{100 * share:g}%", key=seeded(of, held)) or held
