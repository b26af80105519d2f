"""What each action adds, from the surest source there is, and what one outcome is worth."""

import pytest

from journey.actions.catalog import actions_in_force
from journey.actions.effects import Effect, Effects, effects_of, worths
from journey.actions.effects.decided import campaign_of
from journey.actions.effects.worth import outcome_worth
from journey.catalogs import write_catalog
from journey.scope import Scope, read_scope, to_ms
from journey.warehouse import Warehouse, open_warehouse
from tests.actions.campaigns import CATALOG, MAIL_ALONE, START, half, logged, person
from tests.actions.ledgers import proposals

DAY, END = 86_400_000, 2**60


def effects(con: Warehouse, scope: Scope = Scope()) -> Effects:  # noqa: B008
    return effects_of(con, actions_in_force(con), scope)


def campaign() -> Warehouse:
    return logged(*half("m", "mail", 60, 18), *half("n", "nothing", 60, 6))


@pytest.fixture(scope="module")
def con() -> Warehouse:
    """To look at, and not to change."""
    return campaign()


def test_a_campaign_drawn_at_random_measures_the_effect(con: Warehouse) -> None:
    """18 of 60 bought after a mail, 6 of 60 after nothing: 20 points; all were visitors of one stage."""
    found = effects(con).of("Mail")
    assert (found.source, found.treated, found.control) == ("experiment", 60, 60)
    assert found.mean == pytest.approx(0.2) and found.base == pytest.approx(0.1)
    assert found.sd == pytest.approx((0.3 * 0.7 / 60 + 0.1 * 0.9 / 60) ** 0.5, rel=0.03)
    assert "20.0 points" in found.told and "10.0% without" in found.told


def test_each_decision_weighs_one_over_its_chance() -> None:
    """Mails at .25 where few buy and at .75 where many do: 40 x 4 of 10% and 60 x 4/3 of 50% is 23.3%, and not 34%."""
    con = logged(
        *half("a", "mail", 40, 4, chance=0.25),
        *half("b", "mail", 60, 30, chance=0.75),
        *half("c", "nothing", 60, 0, chance=0.75),
        *half("d", "nothing", 40, 0, chance=0.25),
        catalog=MAIL_ALONE,
    )
    assert effects(con).of("Mail").mean == pytest.approx((160 * 0.1 + 80 * 0.5) / 240)


def test_the_window_is_after_the_decision_and_up_to_its_end() -> None:
    people = [
        person("at once", "mail", True, hours=0),
        person("at its end", "mail", True, hours=168),
        person("after it", "mail", True, hours=168.001),
        person("before", "mail", True, hours=-1),
        person("an hour later", "nothing", True, hours=1),
    ]
    con = logged(*people, catalog=MAIL_ALONE)
    action = actions_in_force(con).actions[0]
    assert action.logged is not None
    rows = campaign_of(con, action.logged, action.wanted, END).rows
    assert rows.height == 5 and rows["did"].sum() == 2


def test_decisions_whose_window_is_open_and_those_nothing_else_could_come_of_are_left_out() -> None:
    con = logged(person("ann", "mail", True), person("bob", "nothing", False, chance=1.0), person("cid", "nothing", False))
    action = actions_in_force(con).actions[0]
    assert action.logged is not None
    found = campaign_of(con, action.logged, action.wanted, END)
    assert (found.rows.height, found.left_out) == (2, 1)
    closes = to_ms(START) + 2 * DAY + DAY // 2 + 7 * DAY
    assert [campaign_of(con, action.logged, action.wanted, closes + late).rows.height for late in (0, 1)] == [0, 2]


def test_as_of_an_earlier_day_only_what_was_known_then_counts(con: Warehouse) -> None:
    assert effects(con, read_scope({"stop": "2026-03-11"})).of("Mail").source == "trying"
    assert effects(con, read_scope({"stop": "2026-03-20"})).of("Mail").source == "experiment"


def test_too_small_a_campaign_is_no_experiment() -> None:
    con = logged(*half("m", "mail", 49, 18), *half("n", "nothing", 60, 6), catalog=MAIL_ALONE)
    assert effects(con).of("Mail").source == "trying"


def test_an_assumption_is_taken_as_it_was_stated(con: Warehouse) -> None:
    found = effects(con).of("Call")
    assert (found.source, found.mean) == ("assumed", 0.04)
    assert found.interval == pytest.approx((0.0, 0.08)) and "The team's guess of May." in found.told


def test_what_was_never_tried_may_be_anything(con: Warehouse) -> None:
    """Beta(1, 1) has mean 1/2 and variance 1/12."""
    found = effects(con).of("Note")
    assert found.source == "trying" and found.treated == 0 and not found.is_measured
    assert found.mean is not None and found.base is not None and found.sd is not None
    assert found.mean + found.base == pytest.approx(0.5) and found.sd == pytest.approx((1 / 12) ** 0.5, rel=0.01)


def test_an_action_whose_outcome_the_log_does_not_hold_is_unknown(con: Warehouse) -> None:
    found = effects(con).of("Parcel")
    assert (found.source, found.mean, found.interval) == ("unknown", None, None) and "unheard" in found.told


def test_trying_learns_from_the_ledger() -> None:
    """12 notes of which 3 were followed by an order, no control: Beta(4, 10), less what comes anyway."""
    con = campaign()
    before = effects(con)
    assert effects(con) is before  # kept until the facts or the ledger change
    proposals(con, "Note", {f"m {place:03}": "sent" for place in (*range(3), *range(20, 29))})
    found = effects(con).of("Note")
    assert (found.source, found.treated) == ("trying", 12)
    assert found.mean is not None and found.base is not None and found.mean + found.base == pytest.approx(4 / 14)
    assert "done 12 times, 3 with the outcome" in found.told


def test_our_own_holdout_measures_the_effect() -> None:
    """The 18 buyers of 60 that got a note against the 6 of 60 held out."""
    con = campaign()
    proposals(con, "Note", {f"m {place:03}": "sent" for place in range(60)} | {f"n {place:03}": "holdout" for place in range(60)})
    found = effects(con).of("Note")
    assert (found.source, found.treated, found.control) == ("experiment", 60, 60)
    assert found.mean == pytest.approx(0.2)
    assert effects(con, read_scope({"stop": "2026-03-30"})).of("Note").source == "trying"  # history knows no ledger


def test_the_log_and_the_ledger_are_weighed_by_precision() -> None:
    """The same people tell 20 points twice: the mean stays, the error falls by the root of two."""
    con = campaign()
    alone = effects(con).of("Mail")
    proposals(con, "Mail", {f"m {place:03}": "sent" for place in range(60)} | {f"n {place:03}": "holdout" for place in range(60)})
    both = effects(con).of("Mail")
    assert both.mean == pytest.approx(alone.mean) and both.treated == 120
    assert alone.sd is not None and both.sd == pytest.approx(alone.sd / 2**0.5, rel=0.01)


def test_stages_are_told_apart_and_drawn_together() -> None:
    """Those with an order before are in another stage; their effect is larger, and neither is taken at its word."""
    old = [[*rows, {"customer": rows[0]["customer"], "event": "buy", "ts": START, "revenue": 10.0}] for rows in half("o", "mail", 60, 40)]
    old += [
        [*rows, {"customer": rows[0]["customer"], "event": "buy", "ts": START, "revenue": 10.0}] for rows in half("p", "nothing", 60, 10)
    ]
    con = logged(*half("m", "mail", 60, 10), *half("n", "nothing", 60, 5), *old, catalog=MAIL_ALONE)
    whole, *stages = effects(con).all_of("Mail")
    assert whole.stage is None and len(stages) == 2
    means = sorted(effect.mean or 0 for effect in stages)
    assert 5 / 60 - 0.01 < means[0] < (whole.mean or 0) < means[1] < 0.5 + 0.01
    assert effects(con).of("Mail", "never heard of") == whole
    together = effects(con).sd_of_sum("Mail", {str(stage.stage): 1.0 for stage in stages})
    assert 0 < together <= sum(effect.sd or 0 for effect in stages)
    assert effects(con).sd_of_sum("Mail", {"never heard of": 2.0}) == pytest.approx(2 * (whole.sd or 0))


def test_nothing_is_made_of_an_empty_workspace() -> None:
    con = open_warehouse(":memory:")
    assert {effect.source for effect in effects(con).found.values()} <= {"unknown", "assumed"}
    assert effects(con).of("never heard of").source == "unknown"


def test_an_outcome_is_worth_its_mean_revenue_times_the_margin() -> None:
    con = logged(*half("m", "mail", 60, 20, revenue=30.0), *half("n", "nothing", 60, 20, revenue=10.0), catalog=MAIL_ALONE)
    found = outcome_worth(con, actions_in_force(con).actions[0].wanted, END)
    assert found is not None and found.mean == pytest.approx(20) and found.outcomes == 40
    assert found.se == pytest.approx(10 / 40**0.5, rel=0.02)
    value, low, high = worths(con, actions_in_force(con), ["m 000"], END)[("Mail", "m 000")] or (0, 0, 0)
    assert value == pytest.approx(10) and high - value == pytest.approx(value - low) == pytest.approx(1.96 * found.se / 2, rel=0.01)


def test_what_was_taken_back_is_shared_out() -> None:
    people = half("m", "mail", 60, 20, revenue=30.0)
    people.append([{"customer": "m 000", "event": "buy", "ts": START, "revenue": -60.0}])
    con = logged(*people, catalog=MAIL_ALONE)
    found = outcome_worth(con, actions_in_force(con).actions[0].wanted, END)
    assert found is not None and found.mean == pytest.approx(540 / 21 * 540 / 600)


def test_a_stated_worth_is_taken_as_it_is_and_what_nobody_can_say_is_none() -> None:
    con = logged(*half("m", "mail", 60, 5), catalog=CATALOG.replace('name = "Call"', 'name = "Call"\nworth = 12.5'))
    found = worths(con, actions_in_force(con), ["m 000"], END)
    assert found[("Call", "m 000")] == (12.5, 12.5, 12.5)
    assert found[("Mail", "m 000")] is None  # five orders tell no mean
    assert found[("Parcel", "m 000")] is None


def test_an_effect_tells_its_interval() -> None:
    assert Effect("a", None, 0.1, 0.01, 9, 9, 0.0, "experiment", "").interval == pytest.approx((0.0804, 0.1196), abs=1e-4)


def test_a_stage_in_which_it_was_hardly_tried_is_as_uncertain_as_stages_differ() -> None:
    stages = "".join(f'[[stage]]\nname = "{name}"\nrule = {{ did = "{name}" }}\n' for name in "abc") + '[[stage]]\nname = "rest"\n'
    people = []
    for name, buyers in {"a": 4, "b": 10, "c": 25}.items():
        for one in (*half(f"{name} m", "mail", 40, buyers), *half(f"{name} n", "nothing", 40, 3)):
            people.append([*one, {"customer": one[0]["customer"], "event": name, "ts": START}])
    con = logged(*people, *half("few", "mail", 5, 0), catalog=MAIL_ALONE)
    write_catalog(con, "stages", stages)
    found = effects(con)
    whole, *each = found.all_of("Mail")
    other = found.of("Mail", "rest")
    assert [effect.stage for effect in each] == ["a", "b", "c"] and other.stage is None
    assert (other.sd or 0) > max(effect.sd or 0 for effect in each) > (whole.sd or 0)
    assert "Hardly tried" in other.told and found.of("Mail") == whole
