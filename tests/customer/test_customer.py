"""One customer's page: what they did in order, their sessions and stages, who they are, and pages of a timeline that fit together."""

from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.ask import ask
from journey.catalogs import default_text, parse, write_catalog
from journey.customer import CustomerQuestion, find_person, measure_customer, read_timeline, suggest_ids
from journey.customer.kinds import kind_of, read_kinds
from journey.errors import QuestionError
from journey.ingest import load_consent, load_customers, load_events
from journey.rules import Binder
from journey.rules.staged import read_stage_rules
from journey.rules.stages_at import staged
from journey.scope import Scope
from journey.warehouse import Warehouse
from tests.drawn import drawn
from tests.lent import empty_warehouse

LOG = """
ann 09:00 visit{device=mobile} 09:05 cart{price=5} 10:00 visit{device=desktop} +3d 09:00 buy{price=20}
bob 09:00 visit
"""


def asked(con: Warehouse, who: str = "ann", **more: Any) -> dict[str, Any]:
    return ask(con, {"ask": "customer", "customer": who, **more})


def test_the_timeline_holds_every_event_in_order_with_what_it_carried() -> None:
    found = asked(drawn(LOG))["timeline"]
    assert [(event["ts"], event["event"], event["session"], event["properties"]) for event in found] == [
        ("2026-03-02T09:00:00Z", "visit", 1, {"device": "mobile"}),
        ("2026-03-02T09:05:00Z", "cart", 1, {"price": 5}),
        ("2026-03-02T10:00:00Z", "visit", 2, {"device": "desktop"}),
        ("2026-03-05T09:00:00Z", "buy", 3, {"price": 20}),
    ]


def test_facts_and_sessions_are_counted_by_hand() -> None:
    answer = asked(drawn(LOG))
    assert answer["lifetime"] == {
        "first": "2026-03-02T09:00:00Z",
        "last": "2026-03-05T09:00:00Z",
        "events": 4,
        "sessions": 3,
        "active_days": 2,
        "revenue": None,
        "orders": None,
        "currency": None,
        "no_revenue": "No revenue is mapped, so what the customer is worth is not known. Name it in the mapping when loading.",
    }
    assert [(one["session"], one["events"], one["duration_s"]) for one in answer["sessions"]] == [(3, 1, 0.0), (2, 1, 0.0), (1, 2, 300.0)]
    assert answer["population"] == 1


def test_mapped_revenue_is_summed_and_refunds_taken_off() -> None:
    mapping = {"revenue": {"event": "buy", "property": "price", "currency": "EUR", "refund": "back"}}
    con = drawn("ann 09:00 buy{price=20} 09:01 buy{price=7} 09:02 back{price=7} 09:03 look{price=99}", mapping=mapping)
    earned = asked(con)["lifetime"]
    assert (earned["revenue"], earned["orders"], earned["currency"], earned["no_revenue"]) == (20.0, 2, "EUR", None)


def test_an_active_day_is_one_of_the_zone() -> None:
    con = drawn("ann 2026-03-02 22:30 a 23:30 a 2026-03-03 10:00 a")
    assert asked(con)["lifetime"]["active_days"] == 2
    assert asked(con, scope={"timezone": "Asia/Kathmandu"})["lifetime"]["active_days"] == 1  # 04:15, 05:15, 15:45 on 3 March


def test_nothing_after_the_scope_is_seen() -> None:
    con = drawn(LOG)
    answer = asked(con, scope={"stop": "2026-03-03"})
    assert [event["event"] for event in answer["timeline"]] == ["visit", "cart", "visit"]
    assert answer["lifetime"]["events"] == 3 and answer["as_of"] == "2026-03-03T00:00:00Z"
    assert answer["stage_history"][-1]["to"] is None


def test_an_unknown_id_is_told_with_the_nearest() -> None:
    with pytest.raises(QuestionError, match=r"No customer has the id 'anne'\. The nearest known are 'ann', 'bob'\."):
        asked(drawn(LOG), "anne")
    with pytest.raises(QuestionError, match="nobody is known yet"):
        asked(empty_warehouse())


@pytest.mark.parametrize(
    "wrong", [{"customer": None}, {"customer": ""}, {"events": 0}, {"before": "soon"}, {"kinds": ["none"]}, {"before": "2026-03-02/x"}]
)
def test_what_cannot_be_asked_is_refused_with_a_sentence(wrong: dict[str, Any]) -> None:
    with pytest.raises(QuestionError):
        ask(drawn(LOG), {"ask": "customer", "customer": "ann", **wrong})


def test_who_is_behind_the_page_is_the_customer() -> None:
    assert asked(drawn(LOG), customers={})["customers"] == {"count": 1, "ids": ["ann"]}
    with pytest.raises(QuestionError, match="is no mark"):
        asked(drawn(LOG), customers={"stage": "x"})


def test_somebody_outside_the_segment_of_the_scope_is_not_shown() -> None:
    con = drawn(LOG)
    assert asked(con, scope={"segment": {"did": "buy"}})["customer"] == "ann"
    with pytest.raises(QuestionError, match="not in the segment"):
        asked(con, "bob", scope={"segment": {"did": "buy"}})


def test_ids_that_joined_a_person_are_named_with_the_reason() -> None:
    at = [datetime(2026, 3, day, 9, tzinfo=UTC) for day in (1, 2, 3, 4)]
    con = empty_warehouse()
    load_events(
        con,
        pl.DataFrame({"user": [None, "ann", "bob", None], "device": ["d1", "d1", "d1", "d2"], "event": ["a", "in", "in", "a"], "ts": at}),
        mapping={"customer": "user", "anonymous": "device", "event": "event", "ts": "ts"},
    )
    answer = asked(con, "d1")
    assert answer["customer"] == "ann" and answer["warnings"] == ["'d1' is one of the ids of 'ann'."]
    assert [(one["id"], one["kind"], one["events"], one["joined"]) for one in answer["identity"]] == [
        ("ann", "customer", 1, None),
        ("d1", "anonymous", 1, "2026-03-02T09:00:00Z"),
    ]
    assert "Logged in as this person on 2026-03-02" in answer["identity"][1]["why"]
    assert "never logged in" in asked(con, "d2")["identity"][0]["why"]


def test_consent_is_what_was_said_last_and_silence_is_not_a_yes() -> None:
    con = drawn(LOG)
    at = [datetime(2026, 3, day, tzinfo=UTC) for day in (1, 2, 2)]
    load_consent(
        con, pl.DataFrame({"customer": ["ann", "ann", "bob"], "purpose": ["mail", "mail", "ads"], "given": [True, False, True], "ts": at})
    )
    assert [(one["purpose"], one["given"]) for one in asked(con)["consent"]] == [("ads", None), ("mail", False)]


def test_customer_properties_are_shown_and_personal_ones_only_as_being_there() -> None:
    con = drawn(LOG)
    load_customers(
        con,
        pl.DataFrame({"customer": ["ann"], "plan": ["gold"], "email": ["a@b.eu"]}),
        mapping={"customer": "customer", "personal": ["email"]},
    )
    assert asked(con)["properties"] == {"email": "kept as a hash", "plan": "gold"}
    assert asked(con, "bob")["properties"] == {}


def test_tickets_and_answers_are_found_by_their_names() -> None:
    con = drawn("ann 09:00 Support_ticket{text=late} 09:05 visit 09:10 Survey{csat=2} 09:20 PaymentFailed", "bob 09:00 Survey{csat=5}")
    answer = asked(con)
    assert [(one["event"], one["kind"]) for one in answer["tickets"]] == [("PaymentFailed", "trouble"), ("Support_ticket", "support")]
    assert answer["answers"] == [{"ts": "2026-03-02T09:10:00Z", "event": "Survey", "score": 2.0, "of": [2.0, 5.0]}]
    assert [one["event"] for one in asked(con, kinds=["answers"])["timeline"]] == ["Survey"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Refund refused", "trouble"),
        ("RefundRequested", "support"),
        ("catalog", "visits"),
        ("Log in", "account"),
        ("é", "other"),
        ("", "other"),
    ],
)
def test_the_kind_of_an_event_is_told_by_its_words(name: str, kind: str) -> None:
    assert kind_of(name, read_kinds(parse(default_text("event_kinds"), "event_kinds"))) == kind


def test_an_edited_catalog_of_kinds_holds_at_once() -> None:
    con = drawn(LOG)
    assert asked(con)["timeline"][-1]["kind"] == "orders"
    write_catalog(con, "event_kinds", '[[kind]]\nname = "all"\n')
    assert asked(con)["timeline"][-1]["kind"] == "all"


def test_stages_begin_where_their_rule_began_to_hold() -> None:
    con = drawn("ann 2026-03-02 09:00 visit 2026-03-20 09:00 cart 2026-06-20 09:00 x", "bob 2026-06-30 09:00 visit")
    write_catalog(
        con,
        "stages",
        '[[stage]]\nname="gone"\nrule={did_not={},since="30d"}\n[[stage]]\nname="deciding"\nstep=2\nrule={did="cart"}\n[[stage]]\nname="looking"\nstep=1',
    )
    assert [(one["stage"], (one["from"] or "")[:10]) for one in asked(con)["stage_history"]] == [
        ("looking", "2026-03-02"),
        ("deciding", "2026-03-20"),
        ("gone", "2026-04-19"),  # 30 days after 20 March 09:00
        ("deciding", "2026-06-20"),
    ]


RULES = read_stage_rules(
    [
        {"name": "bought", "rule": {"did": "b", "times": ">=2"}},
        {"name": "back", "rule": {"sequence": ["a", "c"]}},
        {"name": "quiet", "rule": {"did_not": {}, "since": "1d"}},
        {"name": "new"},
    ]
)
LOGS = st.dictionaries(
    st.sampled_from(["p", "q", "r"]),
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 59), st.sampled_from("abc")), min_size=1, max_size=8),
    min_size=1,
)


@settings(max_examples=5, deadline=None)
@given(LOGS, st.integers(1, 5))
def test_pages_of_a_timeline_are_the_whole_and_the_stage_is_everyones(log: dict[str, list[tuple[int, int, str]]], page: int) -> None:
    con = drawn("\n".join(f"{who} " + " ".join(f"2026-03-{2 + d:02d} 09:{m:02d} {e}" for d, m, e in rows) for who, rows in log.items()))
    write_catalog(con, "stages", _catalog())
    for who, rows in log.items():
        person, before = find_person(con, who), None
        seen: list[tuple[int, int, str]] = []
        while True:
            found = read_timeline(con, person, page, before)
            seen = [(event.at, event.seq, event.name) for event in found.events] + seen
            if (before := found.more) is None:
                break
        assert len(seen) == len(rows) == len({seq for _, seq, _ in seen}) and seen == sorted(seen)
        customer = measure_customer(con, CustomerQuestion(who, page), Scope())
        everyone = staged(Binder(con), RULES, [customer.as_of], Scope())
        stage = everyone.filter(pl.col("customer") == person.number)["stage"].item()
        assert customer.history.now is not None and customer.history.now.stage == RULES[stage].name


def _catalog() -> str:
    tables = [f'[[stage]]\nname = "{rule.name}"\nrule = {_toml(rule.rule)}' for rule in RULES[:-1]]
    return "\n".join([*tables, f'[[stage]]\nname = "{RULES[-1].name}"'])


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(part)}" for key, part in value.items()) + "}"
    return "[" + ", ".join(map(_toml, value)) + "]" if isinstance(value, list) else f'"{value}"'


def test_suggestions_begin_with_what_was_typed_and_are_few() -> None:
    con = drawn("\n".join(f"c-{n} a" for n in range(60)))
    assert suggest_ids(con, "c-1", 5) == ("c-1", "c-10", "c-11", "c-12", "c-13")
    assert suggest_ids(con, "x-12", 3)[0] == "c-12" and len(suggest_ids(con, "", 7)) == 7


HOSTILE = "<script>alert(1)</script> ![x](http://evil) $HOME$ ' or 1=1 --"


def test_texts_that_look_like_code_come_back_letter_by_letter() -> None:
    con = empty_warehouse()
    load_events(
        con, pl.DataFrame({"customer": [HOSTILE], "event": [HOSTILE], "ts": [datetime(2026, 3, 2, tzinfo=UTC)], HOSTILE: [HOSTILE]})
    )
    answer = asked(con, HOSTILE)
    assert answer["customer"] == HOSTILE and answer["timeline"][0]["event"] == HOSTILE
    assert list(answer["timeline"][0]["properties"].values()) == [HOSTILE]
    with pytest.raises(QuestionError, match="No customer has the id"):
        asked(con, "' or 1=1 --")
