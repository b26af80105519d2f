"""What forbids an action, from a standing drawn by hand: each guardrail alone, their bounds, and none ever broken."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.actions.catalog import Action, Budget, Cap, Guardrails, Variant, Wanted
from journey.actions.guardrails import Contact, Standing, blocking, is_quiet, send_from, vetoes
from journey.errors import QuestionError

HOUR, DAY = 3_600_000, 86_400_000
AS_OF, AT = 1_000 * DAY, 1_200 * DAY + 12 * HOUR
MAIL = Action("Mail", "", "email", Wanted("buy", 7 * DAY), cost=1.5, cooldown_ms=14 * DAY)
ANN = Standing("ann", "cart", consent={"marketing": True})
FREE = Guardrails(caps=())


def found(action: Action = MAIL, standing: Standing = ANN, guardrails: Guardrails = FREE, spent: float = 0.0) -> list[str]:
    return [veto.guardrail for veto in vetoes(action, standing, guardrails, AS_OF, AT, spent)]


def test_who_allows_it_and_was_left_in_peace_gets_it() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("guardrail", "action", "standing"),
    [
        ("off", replace(MAIL, on=False), ANN),
        ("lacking", replace(MAIL, lacking=("order",)), ANN),
        ("stage", replace(MAIL, stages=("quiet", "loyal")), ANN),
        ("requirement", MAIL, replace(ANN, unmet={"Mail": "They have no basket."})),
        ("consent", MAIL, replace(ANN, consent={"marketing": False})),
        ("consent", MAIL, replace(ANN, consent={"marketing": None})),
        ("consent", MAIL, replace(ANN, consent={"analytics": True})),
        ("protected", MAIL, replace(ANN, protected=True)),
        ("holdout", MAIL, replace(ANN, holdout=True)),
        ("open", MAIL, replace(ANN, open=("Mail",), open_channels=("email",))),
        ("open", MAIL, replace(ANN, open=("Letter",), open_channels=("email",))),
        ("channel", MAIL, replace(ANN, open=("Call",), open_channels=("phone",))),
        ("channel", MAIL, replace(ANN, contacts=(Contact("phone", "", AS_OF - HOUR),))),
        ("cooldown", MAIL, replace(ANN, contacts=(Contact("", "Mail", AS_OF - 13 * DAY),))),
    ],
)
def test_each_guardrail_forbids_alone_and_says_why(guardrail: str, action: Action, standing: Standing) -> None:
    [veto] = vetoes(action, standing, FREE, AS_OF, AT, 0.0)
    assert (veto.guardrail, veto.action) == (guardrail, "Mail") and veto.why.endswith(".")
    assert (blocking((veto,)) == ()) == (guardrail == "holdout")


def test_what_needs_no_consent_is_allowed_to_all_and_what_does_not_persuade_to_the_protected() -> None:
    assert found(replace(MAIL, purpose=None), replace(ANN, consent={})) == []
    assert found(replace(MAIL, persuades=False), replace(ANN, protected=True)) == []


def test_a_cap_counts_contacts_of_the_log_until_its_end_and_of_the_ledger_until_now_together() -> None:
    caps = Guardrails(caps=(Cap(2, 7 * DAY),))
    log, ledger = Contact("email", "", AS_OF - 7 * DAY + 1), Contact("email", "Other", AT - 6 * DAY, "ledger")
    assert found(standing=replace(ANN, contacts=(log,)), guardrails=caps) == []
    assert found(standing=replace(ANN, contacts=(log, ledger)), guardrails=caps) == ["cap"]
    old = replace(log, at_ms=AS_OF - 7 * DAY)  # a stretch of seven days that ends now does not hold the moment it began
    assert found(standing=replace(ANN, contacts=(old, ledger)), guardrails=caps) == []
    later = replace(log, at_ms=AS_OF)  # what the log holds at its end and after is not seen
    assert found(standing=replace(ANN, contacts=(later, ledger)), guardrails=caps) == []


def test_a_cap_of_one_channel_counts_and_forbids_that_channel_alone() -> None:
    caps = Guardrails(caps=(Cap(1, 7 * DAY, "email"),))
    called, mailed = (replace(ANN, contacts=(Contact(channel, "", AS_OF - 2 * DAY),)) for channel in ("phone", "email"))
    assert found(standing=called, guardrails=caps) == [] and found(standing=mailed, guardrails=caps) == ["cap"]
    assert found(replace(MAIL, channel="phone"), mailed, caps) == []


def test_vetoes_that_end_by_themselves_say_when() -> None:
    caps = Guardrails(caps=(Cap(2, 7 * DAY), Cap(0, DAY)))
    contacts = (
        Contact("email", "", AS_OF - 6 * DAY),
        Contact("email", "Mail", AT - 2 * DAY, "ledger"),
        Contact("email", "", AS_OF - 3 * DAY),
    )
    lifts = {veto.why[:12]: veto.lifts_at for veto in vetoes(MAIL, replace(ANN, contacts=contacts), caps, AS_OF, AT, 0.0)}
    # Three of two: the cap lifts when the second latest is a week old, by the clock it was made on.
    assert lifts == {"They got it ": AT + 12 * DAY, "They had 3 o": AS_OF + 4 * DAY, "They had 0 o": None}


def test_what_the_ledger_did_after_now_counts_as_just_done() -> None:
    ahead = replace(ANN, contacts=(Contact("email", "Mail", AT + DAY, "ledger"),))
    assert found(standing=ahead, guardrails=Guardrails(caps=(Cap(1, DAY),))) == ["cooldown", "cap"]


def test_a_budget_is_spent_by_what_costs_and_never_by_what_is_free() -> None:
    ten = Guardrails(caps=(), budget=Budget(10, 30 * DAY))
    assert [found(guardrails=ten, spent=spent) for spent in (0, 8.5, 8.51)] == [[], [], ["budget"]]
    assert found(replace(MAIL, cost=0.0), guardrails=ten, spent=11) == []


UTC_MS = datetime(1970, 1, 1, tzinfo=UTC)


def ms(text: str, zone: str = "UTC") -> int:
    return round((datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)) - UTC_MS).total_seconds() * 1000)


@pytest.mark.parametrize(
    ("zone", "at", "hour", "expected"),
    [
        ("UTC", "2026-03-02 12:34", None, "2026-03-02 12:34"),
        ("UTC", "2026-03-02 20:00", None, "2026-03-03 08:00"),
        ("UTC", "2026-03-02 12:34", 9, "2026-03-03 09:00"),
        ("UTC", "2026-03-02 09:34", 9, "2026-03-02 09:34"),
        ("UTC", "2026-03-02 12:34", 22, "2026-03-02 12:34"),  # a quiet hour is no hour to wait for
        ("Europe/Paris", "2026-03-28 21:00", None, "2026-03-29 06:00"),  # 8:00 by the new time
        ("Europe/Paris", "2026-03-27 21:00", None, "2026-03-28 07:00"),
        ("America/New_York", "2026-11-01 01:00", None, "2026-11-01 13:00"),
        ("Asia/Kathmandu", "2026-03-02 15:00", None, "2026-03-03 02:15"),  # 45 minutes off
        ("Australia/Lord_Howe", "2026-04-04 12:00", None, "2026-04-04 21:30"),  # half an hour of daylight saving ends that night
        ("Pacific/Apia", "2011-12-30 09:00", None, "2011-12-30 18:00"),  # a day that never was
    ],
)
def test_it_is_sent_outside_the_quiet_hours_of_the_customers_own_day(zone: str, at: str, hour: int | None, expected: str) -> None:
    standing, variant = replace(ANN, zone=zone), None if hour is None else Variant("x", hour=hour)
    assert send_from(standing, Guardrails(quiet=(20, 8)), ms(at), variant) == ms(expected)


def test_an_hour_that_the_clocks_skip_is_waited_for_until_the_day_after() -> None:
    paris = replace(ANN, zone="Europe/Paris")
    assert send_from(paris, Guardrails(quiet=None), ms("2026-03-29 00:30"), Variant("x", hour=2)) == ms("2026-03-30 00:00")


def test_quiet_hours_that_last_all_day_forbid_everything_and_none_forbid_nothing() -> None:
    always = Guardrails(caps=(), quiet=(0, 24))
    assert found(guardrails=always) == ["quiet"]
    with pytest.raises(QuestionError, match="all day"):
        send_from(ANN, always, AT, None)
    assert found(guardrails=Guardrails(caps=(), quiet=(8, 8))) == [] and not is_quiet(ANN, Guardrails(quiet=(8, 8)), ms("2026-03-02 08:30"))


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["UTC", "Europe/Paris", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    st.integers(ms("2026-01-01"), ms("2027-01-01")),
    st.tuples(st.integers(0, 23), st.integers(0, 23)),
)
def test_it_is_never_sent_in_quiet_hours_and_never_later_than_it_has_to_be(zone: str, at: int, quiet: tuple[int, int]) -> None:
    standing, guardrails = replace(ANN, zone=zone), Guardrails(quiet=quiet)
    sent = send_from(standing, guardrails, at, None)
    assert sent >= at and not is_quiet(standing, guardrails, sent)
    assert all(is_quiet(standing, guardrails, moment) for moment in range(at, sent, 5 * 60_000))


ACTIONS = [
    MAIL,
    Action("Call", "", "phone", Wanted("buy", DAY), cost=3.0, cooldown_ms=2 * DAY),
    Action("Note", "", "email", Wanted("buy", DAY), purpose=None, persuades=False, cost=0.0, cooldown_ms=0),
    Action("Push", "", "app", Wanted("buy", DAY), stages=("cart",), cost=0.2, cooldown_ms=5 * DAY),
]
CAPS = (Cap(1, DAY), Cap(3, 7 * DAY), Cap(1, 3 * DAY, "phone"))


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 30 * HOUR)), max_size=40),
    st.lists(st.tuples(st.sampled_from(["email", "phone"]), st.integers(0, 12 * DAY)), max_size=4),
    st.booleans(),
    st.sampled_from([True, False, None]),
)
def test_no_guardrail_is_broken_whatever_is_tried_in_whatever_order(
    tries: list[tuple[Action, int]], before: list[tuple[str, int]], protected: bool, allows: bool | None
) -> None:
    """Each try is done where nothing forbids it; what was done is then held to each rule by itself."""
    guardrails = Guardrails(caps=CAPS, budget=Budget(6.0, 10 * DAY))
    log = tuple(Contact(channel, "", AS_OF - ago - 1) for channel, ago in before)
    at, done = AT, list[tuple[Action, int]]()
    for action, wait in tries:
        at += wait
        contacts = (*log, *(Contact(one.channel, one.name, then, "ledger") for one, then in done))
        standing = replace(ANN, contacts=contacts, protected=protected, consent={"marketing": allows})
        spent = sum(one.cost for one, then in done if then > at - 10 * DAY)
        if not vetoes(action, standing, guardrails, AS_OF, at, spent):
            done.append((action, at))
    for action, at in done:
        earlier = [(one, then) for one, then in done if then < at]
        assert action.purpose is None or allows
        assert not (protected and action.persuades)
        assert all(at - then >= action.cooldown_ms for one, then in earlier if one.name == action.name)
        assert sum(one.cost for one, then in done if at - 10 * DAY < then <= at) <= 6.0 or action.cost == 0
        for cap in CAPS:
            counted = sum(at - cap.within_ms < then <= at for one, then in done if cap.channel in (None, one.channel))
            logged = sum(ago < cap.within_ms - 1 for channel, ago in before if cap.channel in (None, channel))
            assert cap.channel not in (None, action.channel) or counted + logged <= cap.times
        assert all(at - then >= DAY or one.channel == action.channel for one, then in earlier)
