"""Starter sets of rules: which of them a log is of, by the events they name, and what each rule lacks."""

import pytest

from journey.catalogs import default_text, parse, write_catalog
from journey.rules.dated import can_be_dated
from journey.rules.staged import ANY_LOG, SHOP, STARTERS, fit_sets, named_events, proposed, read_stage_rules, stages_in_force
from journey.scope import Scope
from journey.stages import StagesQuestion, measure_stages
from tests.drawn import drawn
from tests.lent import empty_warehouse

LOGS = {
    SHOP: "ann 09:00 view 09:01 view 09:02 search 09:05 add_to_cart 09:06 purchase",
    "stages_saas": "ann 09:00 Sign up 09:05 Create project 09:09 invite_sent +9d 09:00 subscription_started +30d 09:00 upgrade",
    "stages_media": "ann 09:00 article_view 09:05 article_view 09:06 share +1d 09:00 newsletter_signup +1d 09:00 donation",
    "stages_b2b": "ann 09:00 form_submit +3d 09:00 demo_booked +9d 09:00 proposal_sent +30d 09:00 closed_won",
    ANY_LOG: "ann 09:00 tick +1d 09:00 tock +1d 09:00 register",
}


@pytest.mark.parametrize("name", STARTERS)
def test_every_set_can_be_read_and_dated_and_is_neither_too_short_nor_too_long(name: str) -> None:
    stages = read_stage_rules(parse(default_text(name), name))
    assert 5 <= len(stages) <= 10
    assert all(stage.why.endswith(".") for stage in stages)
    assert all(can_be_dated(stage.rule, {}) for stage in stages if stage.step is not None)
    assert name == ANY_LOG or sum(bool(named_events(stage.rule)) for stage in stages if stage.step) >= 4


@pytest.mark.parametrize("name", LOGS)
def test_a_log_is_told_by_the_set_that_names_its_events(name: str) -> None:
    con = drawn(LOGS[name])
    assert proposed(con) == name
    assert [stage.name for stage in stages_in_force(con)] == [stage.name for stage in read_stage_rules(parse(default_text(name), name))]


def test_the_score_is_the_share_of_rules_found_times_the_share_of_events_told() -> None:
    # Of the shop's five rules that name events, consideration, decision and retention (by purchase) find theirs: 4 of 5 events.
    fit = next(fit for fit in fit_sets(drawn("ann 09:00 view 09:01 view 09:02 cart 09:03 purchase 09:04 zzz")) if fit.name == SHOP)
    assert (fit.rules, fit.found, fit.told, fit.matched) == (5, 3, 0.8, ("view", "cart", "purchase"))
    assert fit.score == pytest.approx(3 / 5 * 0.8)


def test_one_event_alone_makes_no_shop() -> None:
    assert proposed(drawn("ann 09:00 purchase +9d 09:00 purchase", "bob 09:00 purchase")) == ANY_LOG


def test_an_empty_workspace_begins_with_the_shop() -> None:
    assert proposed(empty_warehouse()) == SHOP


def test_a_rule_says_which_of_its_events_the_log_holds_and_which_it_lacks() -> None:
    found = measure_stages(drawn(LOGS[SHOP]), StagesQuestion(), Scope())
    decision, onboarding = found.stage("decision"), found.stage("onboarding")
    assert decision and decision.found == ("add_to_cart", "purchase") and "checkout" in decision.lacking and not decision.silent
    assert onboarding and onboarding.found == () and "signup" in onboarding.lacking and onboarding.silent


@pytest.mark.parametrize(("n", "remarked"), [(4, True), (5, False), (10, False), (11, True)])
def test_too_few_or_too_many_stages_are_remarked_on(n: int, remarked: bool) -> None:
    con = drawn("ann 09:00 a")
    rules = "".join(f'[[stage]]\nname = "s{k}"\nrule = {{ did = "a", times = ">={k + 2}" }}\n' for k in range(n - 1))
    write_catalog(con, "stages", rules + '[[stage]]\nname = "rest"\n')
    warnings = measure_stages(con, StagesQuestion(), Scope()).evidence.warnings
    assert any("hard to read" in warning for warning in warnings) == remarked
