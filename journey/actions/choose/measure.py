"""The card of one customer, as of a moment."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from journey.actions.catalog import Action, Variant
from journey.actions.choose.candidate import Candidate, Situation, candidates
from journey.actions.choose.card import Card, card_of
from journey.actions.choose.decide import Decision, decide
from journey.actions.choose.own import own_values
from journey.actions.choose.question import NextQuestion
from journey.actions.choose.situation import situation_of, worths_of
from journey.actions.guardrails import Standing, send_from, standings
from journey.actions.guardrails.contacts import contacts_sql, longest_look
from journey.answers import Evidence, People, data_until, iso
from journey.errors import QuestionError
from journey.rules import Binder, customers_where
from journey.scope import Scope
from journey.warehouse import Warehouse, one, one_moment, setting

SHOWN = "select c.id, c.customer from customers c where c.id = $asked"
JOINED = """
select c.id, c.customer
from customer_ids i
join customers c on c.customer = i.customer
where i.id = $asked
order by c.id
limit 1"""
NEAREST = "select id from customers order by jaro_winkler_similarity(id, $asked) desc, id limit 3"


def measure_next_action(con: Warehouse, question: NextQuestion, scope: Scope, at: int | None = None) -> Card:
    """What is most worth doing for the customer now, or nothing.

    Every action of the catalog is considered, whether a rule proposes it or not; one that nobody proposes can only be
    chosen by a value that is measured or assumed.  A proposal that waits for a decision does not stand in the way: the
    card says what it would be now.  Asked twice of the same facts it is the same.
    at: ms by the machine's clock, now where left out.
    Raises: QuestionError: nobody has the id (the nearest are named), or the customer is not of the scope's segment.
    """
    with one_moment(con):
        customer, number = _find(con, question.customer, scope)
        situation = situation_of(con, scope, at)
        standing = standings(con, [customer], situation.as_of, situation.at, situation.catalog, undecided=False)[customer]
        actions = situation.catalog.actions
        found = candidates(situation, standing, actions, worths_of(con, situation.catalog, [customer], situation.as_of))
        decision = decide(found, _dice(customer, situation))
        own = _own(con, decision.chosen, number, situation.as_of)
        evidence = _evidence(con, situation, number, question.customer != customer, customer)
        return _card(decision, standing, situation, setting(con, "currency"), evidence, own)


def next_action_customers(con: Warehouse, question: NextQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who the card is about: {}, the customer.  Raises QuestionError for any other mark."""
    if mark:
        raise QuestionError(f"{dict(mark)} is no mark of one customer's card. Write {{}} for the customer.")
    return People((_find(con, question.customer, scope)[0],))


def _card(
    decision: Decision,
    standing: Standing,
    situation: Situation,
    currency: str | None,
    evidence: Evidence,
    own: Mapping[str, str],
) -> Card:
    variant, chance = variant_for(decision.chosen, standing.customer_id, situation.as_of)
    guardrails = situation.catalog.guardrails
    sent = None if decision.chosen is None else send_from(standing, guardrails, situation.at, variant)
    told = {"currency": currency, "evidence": evidence, "own": own}
    return card_of(decision, standing, situation.as_of, situation.at, (variant, chance), sent, **told)


def variant_for(chosen: Candidate | None, customer: str, as_of: int) -> tuple[Variant | None, float]:
    """The variant that falls to a customer at a moment, the same on the card and in a run, and its chance."""
    if chosen is None:
        return None, 1.0
    return draw_variant(chosen.action, luck_of("variant", customer, as_of, chosen.name) / 2**64)


def draw_variant(action: Action | None, luck: float) -> tuple[Variant | None, float]:
    """-> (the variant on which this luck, 0 to 1, falls by the weights; its chance).  (None, 1) of an action without any."""
    if action is None or not action.variants:
        return None, 1.0
    shares = np.array([variant.weight for variant in action.variants], float)
    shares /= shares.sum()
    place = min(int(np.searchsorted(np.cumsum(shares), luck, side="right")), len(shares) - 1)
    return action.variants[place], float(shares[place])


def luck_of(*parts: object) -> int:
    """A large number that is the same for the same parts and like a throw of dice over different ones."""
    return int.from_bytes(hashlib.blake2b(repr(parts).encode(), digest_size=8).digest(), "big")


def _dice(customer: str, situation: Situation) -> np.random.Generator:
    return np.random.default_rng(luck_of(customer, situation.as_of, situation.catalog))


def _find(con: Warehouse, asked: str, scope: Scope) -> tuple[str, int]:
    """-> (the id the customer is shown by, their number)."""
    found = con.connection.execute(SHOWN, {"asked": asked}).fetchall() or con.connection.execute(JOINED, {"asked": asked}).fetchall()
    if not found:
        near: Sequence[tuple[str]] = con.connection.execute(NEAREST, {"asked": asked[:200]}).fetchall()
        listed = ", ".join(repr(row[0]) for row in near)
        tail = f"The nearest known are {listed}." if near else "Nobody is known yet: load events first."
        raise QuestionError(f"No customer has the id {asked[:60]!r}. {tail}")
    if scope.segment is not None:
        binder = Binder(con)
        inside, number = customers_where(binder, scope.segment, scope), binder.bind(found[0][1], "chosen")
        if not one(con, f"select count(*) from ({inside}) w where w.customer = {number}", binder.params):
            raise QuestionError(f"The customer {found[0][0]!r} is not in the segment of the scope. Ask without a segment.")
    return found[0]


def _own(con: Warehouse, chosen: Candidate | None, number: int, as_of: int) -> dict[str, str]:
    if chosen is None or not chosen.triggers:
        return {}
    first = chosen.triggers[0]
    told = own_values(con, first.when, number, as_of)
    return {first.name: told} if told else {}


def _evidence(con: Warehouse, situation: Situation, number: int, joined: bool, customer: str) -> Evidence:
    sql, params = contacts_sql(con, situation.catalog)
    bound = {"customers": [number], "since": situation.as_of - longest_look(situation.catalog), "as_of": situation.as_of}
    guardrails = situation.catalog.guardrails
    definition = (
        "Expected value of an action = what it adds to the chance of its outcome, in the customer's stage where that is known, x what "
        "one outcome is worth - its cost - fatigue, with 95% intervals by the normal distribution; effect and worth are taken as "
        f"independent, and the margin kept is {guardrails.margin:.0%}. Doing nothing counts as 0. Confidence is how often the action is "
        "the best of all that is allowed and valued, over 4,000 draws. Effects come from experiments where there are any, else from "
        "stated assumptions; without either no sum is said, and the rule of the highest priority goes first. Guardrails: contacts of "
        f"the log before {iso(situation.as_of)} and of the ledger before {iso(situation.at)}, times in UTC; unknown consent is none. The "
        "query reads the customer's contacts in the log."
    )
    warnings = (*situation.warnings, *((f"It is an id of {customer!r}.",) if joined else ()))
    return Evidence(definition, sql, {**params, **bound}, 1, data_until(con), warnings)
