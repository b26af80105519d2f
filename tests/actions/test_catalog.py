"""The catalog of actions: what an entry lacks in a log, what is refused, and what changes when one entry does."""

import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.actions.catalog import (
    Action,
    ActionCatalog,
    actions_in_force,
    catalog_version,
    delete_item,
    history,
    keep_catalog,
    read_action,
    read_guardrails,
    read_trigger,
    restore,
    roll_back_item,
    set_item,
    switch,
    version_text,
    written_actions,
)
from journey.actions.catalog.edit import item_in, with_item, without_item
from journey.actions.catalog.read import GUARD_KEYS
from journey.ask import ask
from journey.catalogs import CatalogError, catalog_text, default_text, reset_catalog, write_catalog
from journey.errors import QuestionError
from journey.warehouse import Warehouse, write
from tests.actions.ledgers import proposals
from tests.drawn import drawn

TEXT = default_text("actions")
SMALL = """# Ours.
[guardrails]
holdout = 0.2  # a fifth

[[action]]
name = "Note"  # first
channel = "email"
cost = 0.5  # a guess
wanted = { did = "buy", within = "7d" }

[[trigger]]
name = "Basket"  # left
action = "Note"
[[trigger.when.all]]
did = "cart"
[[trigger.when.all]]
did_not = "buy"
"""
LOG = "ann 09:00 look 10:00 cart 11:00 buy{price=3}"
NOTE = {"name": "Note", "channel": "email", "cost": 0.5, "wanted": {"did": "buy", "within": "7d"}}


@pytest.fixture(scope="module")
def log() -> Iterator[Warehouse]:
    with drawn(LOG) as con:
        yield con


@pytest.fixture
def shop(log: Warehouse) -> Warehouse:
    """The log with a catalog of one version."""
    with write(log) as connection:
        connection.execute("delete from action_versions")
    reset_catalog(log, "actions")
    keep_catalog(log, SMALL, by="Ann", at=1_000)
    return log


def test_what_is_read_is_written_back_the_same() -> None:
    for text in (TEXT, SMALL):
        catalog = written_actions(text)
        assert [read_action(one.as_plain()) for one in catalog.actions] == [*catalog.actions]
        assert [read_trigger(one.as_plain()) for one in catalog.triggers] == [*catalog.triggers]
        assert read_guardrails(catalog.guardrails.as_plain()) == catalog.guardrails


def test_every_guardrail_that_is_read_is_written_and_can_be_changed(shop: Warehouse) -> None:
    other = {
        "caps": [{"times": 3, "within": "2d", "channel": "email"}], "quiet": [22, 7], "zone": "tz", "protected": ["minor"], "holdout": 0.3,
        "holdout_by": "held", "budget": {"most": 9.0, "within": "1d"}, "contacts": {"email": ["look"]}, "margin": 0.4, "fatigue": 0.2,
        "most_at_once": 2.0, "most_value": 80.0, "explore": False, "personal": True,
    }  # fmt: skip
    assert set(other) == set(GUARD_KEYS) and read_guardrails(other).as_plain() == other
    for key, value in other.items():
        set_item(shop, "guardrails", None, {"holdout": 0.2, key: value}, by="Ann")
        assert getattr(actions_in_force(shop).guardrails, key) == getattr(read_guardrails(other), key)
        (change,) = history(shop)[0].changes
        assert change.kind == "guardrails" and key.replace("_", " ") in change.told


def lacking(con: Warehouse) -> dict[str, tuple[str, ...]]:
    catalog = actions_in_force(con)
    return {one.name: one.lacking for one in (*catalog.actions, *catalog.triggers)}


def rest(con: Warehouse, when: Any) -> tuple[str, ...]:
    text = SMALL.split("[[trigger]]")[0]
    keep_catalog(con, with_item(text, "trigger", None, {"name": "t", "action": "Note", "when": when}), by="Ann")
    return lacking(con)["t"]


@pytest.mark.parametrize(
    ("when", "lacks"),
    [
        ({"did": {"any_of": ["swim", "Cart"]}}, ()),  # one that the log holds is enough, in its own spelling
        ({"did": {"any_of": ["swim", "ski"]}}, ("ski", "swim")),
        ({"did_not": "swim", "since": "cart"}, ("swim",)),  # else it would hold for everybody
        ({"did_not": "cart", "since": "14d"}, ()),
        ({"stall": "cart", "for": "1h", "until": "swim"}, ("swim",)),
        ({"all": [{"did": "cart"}, {"sum": "weight", "of": "cart", "value": 1}]}, ("property weight",)),
        ({"any": [{"did": "swim"}, {"did": "cart"}]}, ()),
        ({"any": [{"did": "swim"}, {"did": "ski"}]}, ("swim",)),
        ({"all": [{"did": "cart"}, {"not": {"did": "swim"}}]}, ()),  # what nobody did can be ruled out
        ({"date": "renews", "in": "3d"}, ("property renews",)),
        ({"score": "churn", "op": "ge", "value": 0.5}, ("score churn",)),
        ({"did": "cart", "where": {"size": "L"}}, ("property size",)),
        ({"sequence": ["cart", ["swim", "ski"]]}, ("ski", "swim")),
        ({"trend": {}, "recent": "1d", "before": "1d", "change": "<0"}, ()),
        ({"funnel": {"steps": ["cart", "buy"]}, "reached": 0}, ()),
    ],
    ids=str,
)
def test_a_trigger_says_what_its_rule_lacks(shop: Warehouse, when: Any, lacks: tuple[str, ...]) -> None:
    assert rest(shop, when) == lacks


def test_a_trigger_rests_with_its_action() -> None:
    with drawn("ann 09:00 cart") as con:
        keep_catalog(con, SMALL.replace('did_not = "buy"', 'did = "cart"'), by="Ann")
        assert lacking(con) == {"Note": ("buy",), "Basket": ("buy",)}


def test_what_the_log_does_not_hold_is_not_told_where_it_is_not_needed(shop: Warehouse) -> None:
    rest(shop, {"any": [{"did": {"any_of": ["swim", "Cart"]}, "other_than": ["mail"]}, {"did": "ski"}]})
    assert actions_in_force(shop).triggers[0].when == {"any": [{"did": {"any_of": ["cart"]}}]}


def test_the_shipped_catalog_fits_a_shop_and_rests_elsewhere_and_says_so() -> None:
    shop = "ann 09:00 ProductPage 09:10 AddToCart{price=30} 09:20 Checkout +1d Purchase{revenue=120} +30d 09:00 PlusRenewed"
    with drawn(shop) as con:
        found = lacking(con)
        assert [name for name, missing in found.items() if missing] == ["Unused reward"]
    with drawn("ann 09:00 product_view 09:10 cart 09:20 shipping_details +1d purchase") as con:  # sums of money nowhere
        resting = {"Renewal talk", "Renewal near", "Unused reward", "Worth much and at risk"}
        assert {name for name, missing in lacking(con).items() if missing} == resting
    with drawn("ann 09:00 ping +1d pong") as con:
        answer = ask(con, {"ask": "actions"})
        awake = [trigger["name"] for trigger in answer["triggers"] if trigger["resting"] is None]
        assert awake == ["Coming less"]  # it goes by whatever they do
        assert all(one["resting"].endswith("which this log does not hold.") for one in answer["triggers"] if one["name"] not in awake)
        assert answer["due"] == 0 and set(answer["guardrails"]["absent"]) == {"timezone", "holdout", "minor", "vulnerable"}


def test_the_same_catalog_is_not_read_twice(shop: Warehouse) -> None:
    assert actions_in_force(shop) is actions_in_force(shop)
    first = actions_in_force(shop)
    switch(shop, "trigger", "Basket", on=False, by="Ann")
    assert actions_in_force(shop) is not first and not actions_in_force(shop).triggers[0].on


def test_an_entry_is_changed_where_it_stands_and_remarks_stay(shop: Warehouse) -> None:
    set_item(shop, "action", "Note", {**written_actions(SMALL).actions[0].as_plain(), "cost": 0.75, "cooldown": "7d"}, by="Ann")
    assert catalog_text(shop, "actions") == SMALL.replace("cost = 0.5  # a guess", "cost = 0.75  # a guess").replace(
        'within = "7d" }\n', 'within = "7d" }\ncooldown = "7d"\n'
    )


def test_a_new_entry_is_readable_and_a_null_step_is_any_event(shop: Warehouse) -> None:
    rule = {"all": [{"did": None, "within": "7d"}, {"stall": "cart", "for": "1d", "until": None}]}
    set_item(shop, "trigger", None, {"name": "New", "action": "Note", "when": rule}, by="Ann")
    assert catalog_text(shop, "actions").startswith(SMALL)
    added = item_in(tomllib.loads(catalog_text(shop, "actions")), "trigger", "New")
    assert added == {"name": "New", "action": "Note", "when": {"all": [{"did": {}, "within": "7d"}, {"stall": "cart", "for": "1d"}]}}


def test_every_kept_text_is_a_version_that_tells_what_it_changed(shop: Warehouse) -> None:
    set_item(shop, "action", "Note", {**NOTE, "cost": 1, "variant": [{"name": "Early", "hour": 9}]}, by="Bob", reason="Dearer.", at=2_000)
    switch(shop, "trigger", "Basket", on=False, by="Cid", at=3_000)
    set_item(shop, "guardrails", None, {"holdout": 0.1, "caps": [{"times": 3, "within": "7d"}]}, by="Dee", at=4_000)
    told = [(one.version, one.by, [change.sentence for change in one.changes]) for one in history(shop)][:3]
    assert told == [
        (4, "Dee", ["Guardrails: holdout 0.2 → 0.1; caps 1 in 1 day, 2 in 7 days, 6 in 30 days → 3 in 7 days."]),
        (3, "Cid", ["Trigger “Basket”: switched off."]),
        (2, "Bob", ["Action “Note”: cost 0.5 → 1; variant Early added."]),
    ]
    assert [one.version for one in history(shop, "action", "Note")] == [2, 1] and history(shop)[-1].version == 0
    assert history(shop)[2].reason == "Dearer." and history(shop)[0].in_force and catalog_version(shop) == 4


def test_an_entry_is_rolled_back_alone_and_a_text_whole(shop: Warehouse) -> None:
    set_item(shop, "action", "Note", {**NOTE, "cost": 2}, by="Bob")
    switch(shop, "trigger", "Basket", on=False, by="Bob")
    roll_back_item(shop, "action", "Note", 1, by="Cid")
    now = actions_in_force(shop)
    assert now.actions[0].cost == 0.5 and not now.triggers[0].on
    kept = restore(shop, 1, by="Cid")
    assert catalog_text(shop, "actions") == SMALL == version_text(shop, kept.version) and kept.version == 5
    delete_item(shop, "trigger", "Basket", by="Cid")
    roll_back_item(shop, "trigger", "Basket", 1, by="Cid")
    assert written_actions(catalog_text(shop, "actions")) == written_actions(SMALL)
    restore(shop, 0, by="Cid")
    assert catalog_text(shop, "actions") == TEXT


def test_what_was_written_by_hand_gets_a_version_before_it_is_replaced(shop: Warehouse) -> None:
    by_hand = SMALL.replace("0.5", "0.6")
    write_catalog(shop, "actions", by_hand)
    assert catalog_version(shop) == 0
    switch(shop, "trigger", "Basket", on=False, by="Ann")
    assert version_text(shop, 2) == by_hand and [one.by for one in history(shop)][:2] == ["Ann", "the file"]


def test_two_people_s_changes_at_once_are_both_kept(shop: Warehouse) -> None:
    names = [f"T{number}" for number in range(6)]

    def add(name: str) -> None:
        with shop.cursor() as con:
            set_item(con, "trigger", None, {"name": name, "action": "Note", "when": {"did": "cart"}}, by="Ann")

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(add, names))
    assert {one.name for one in actions_in_force(shop).triggers} == {"Basket", *names} and catalog_version(shop) == 7


def test_the_same_text_again_is_no_version(shop: Warehouse) -> None:
    assert keep_catalog(shop, SMALL, by="Ann").version == 1 and len(history(shop)) == 2


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"when": {"did": "look", "colour": 1}}, "The rule of the trigger 'Basket' cannot be used: Unknown in a rule with 'did': 'colour'"),
    ({"when": {"stage": "dreaming"}}, "No stage is named 'dreaming'"),
    ({"when": "fans"}, "No segment is saved as 'fans'"),
    ({"when": {"funnel": {"steps": 3}}}, "The rule of the trigger 'Basket' cannot be used"),
    ({"when": {"sum": "look", "value": "x"}}, "compared with a number"),
    ({"when": None}, "has no rule"),
    ({"action": "Nod"}, "proposes 'Nod', which is no action. Known are: Note"),
    ({"name": "Bag"}, "cannot be renamed to 'Bag'"),
    ({"priority": 1.5}, "priority of the trigger 'Basket' is 1.5; write a whole number"),
    ({"colour": 1}, "Unknown in a trigger: 'colour'"),
]


@pytest.mark.parametrize(("change", "sentence"), WRONG, ids=str)
def test_a_trigger_that_cannot_be_is_refused_and_nothing_changes(shop: Warehouse, change: dict[str, Any], sentence: str) -> None:
    plain = {**written_actions(SMALL).triggers[0].as_plain(), **change}
    with pytest.raises(QuestionError, match=sentence):
        set_item(shop, "trigger", "Basket", plain, by="Ann")
    assert catalog_text(shop, "actions") == SMALL and catalog_version(shop) == 1


def test_an_action_of_no_stage_is_refused_and_one_without_its_outcome_rests(shop: Warehouse) -> None:
    with pytest.raises(QuestionError, match="The action 'Note' is for the stage 'dreaming', which is none"):
        set_item(shop, "action", "Note", {**NOTE, "stages": ["dreaming"]}, by="Ann")
    kept = set_item(shop, "action", "Note", {**NOTE, "wanted": {"did": "bought"}}, by="Ann")
    assert kept.warnings == ("The action 'Note' is at rest: this log does not hold bought.",)
    kept = set_item(shop, "action", "Note", {**NOTE, "wanted": {"did": "cartt"}}, by="Ann")
    assert kept.warnings[0].endswith("hold cartt. No event is named 'cartt'. The nearest known is 'cart'.")


def test_a_guardrail_of_what_is_not_there_is_kept_and_told(shop: Warehouse) -> None:
    kept = set_item(shop, "guardrails", None, {"zone": "tz", "contacts": {"sms": ["texted"], "email": ["look"]}}, by="Ann")
    assert kept.warnings == (
        "No customer has the property 'tz': the workspace's time zone is taken.",
        "The log holds no contact by sms: No event is named 'texted'.",
    )
    assert actions_in_force(shop).guardrails.contacts == {"email": ("look",)}


def test_an_entry_that_went_stale_meanwhile_does_not_stop_another_change(shop: Warehouse) -> None:
    write_catalog(shop, "actions", SMALL.replace('did = "cart"', 'stage = "dreaming"'))
    kept = set_item(shop, "action", "Note", {**NOTE, "cost": 3}, by="Ann")
    assert kept.warnings == () and lacking(shop)["Basket"] == ("stage dreaming",)


def test_what_is_in_use_cannot_be_deleted(shop: Warehouse) -> None:
    with pytest.raises(QuestionError, match="is proposed by 'Basket'"):
        delete_item(shop, "action", "Note", by="Ann")
    delete_item(shop, "trigger", "Basket", by="Ann")
    proposals(shop, "Note", {"ann": "waiting"})
    with pytest.raises(QuestionError, match="1 proposals of 'Note' are open"):
        delete_item(shop, "action", "Note", by="Ann")


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (
            lambda con: set_item(con, "trigger", None, {"name": "Basket", "action": "Note", "when": {"did": "x"}}, by="A"),
            "named 'Basket' already",
        ),
        (lambda con: switch(con, "trigger", "Baskets", on=True, by="A"), "No trigger is named 'Baskets'. The nearest known is 'Basket'"),
        (lambda con: switch(con, "guardrails", "x", on=True, by="A"), "always there"),
        (lambda con: set_item(con, "rule", "x", {}, by="A"), "action, trigger, guardrails"),
        (lambda con: switch(con, "trigger", "Basket", on=False, by=" "), "Say who changes"),
        (lambda con: restore(con, 9, by="A"), "no version 9; they run from 0, the shipped one, to 1"),
        (lambda con: roll_back_item(con, "trigger", "Basket", 0, by="A"), r"Versions that hold it: 1\."),
        (lambda con: keep_catalog(con, "[[action]]\nname = ", by="A"), "not valid TOML"),
        (lambda con: set_item(con, "guardrails", None, {"contacts": {"email": [3]}}, by="A"), "contacts by 'email' are a list of events"),
    ],
)
def test_a_change_that_cannot_be_is_told_why(shop: Warehouse, act: Any, sentence: str) -> None:
    with pytest.raises((QuestionError, CatalogError), match=sentence):
        act(shop)
    assert catalog_text(shop, "actions") == SMALL


SHORT = SMALL.replace("[[trigger]]", '[[action]]\nname = "Call"\n[[action.variant]]\nname = "Early"\n\n# Whom.\n[[trigger]]')
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
values: Any = st.recursive(
    st.one_of(words, st.booleans(), st.integers(-9, 9), st.floats(-9, 9)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(words.filter(bool), inner, max_size=3)),
    max_leaves=6,
)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(["action", "trigger"]), st.integers(0, 1), st.dictionaries(words.filter(bool), values, max_size=3), st.booleans())
def test_whatever_an_entry_holds_the_text_reads_back_as_it_and_the_rest_as_before(kind: str, place: int, plain: Any, new: bool) -> None:
    known = tomllib.loads(SHORT)
    name = known[kind][place % len(known[kind])]["name"]
    plain = {**plain, "name": "Another" if new else name}
    changed = tomllib.loads(with_item(SHORT, kind, None if new else name, plain))
    wanted = [*known[kind], plain] if new else [plain if one["name"] == name else one for one in known[kind]]
    assert changed == {**known, kind: wanted}
    left = tomllib.loads(without_item(SHORT, kind, name))
    others = [one for one in known[kind] if one["name"] != name]
    assert left == {key: part for key, part in {**known, kind: others}.items() if part}


def test_types_stay_what_others_import() -> None:
    catalog = ActionCatalog((Action("a", "", "email", written_actions(SMALL).actions[0].wanted),), (), read_guardrails({}))
    assert catalog.action("a") is catalog.actions[0] and catalog.triggers_of("a") == ()
