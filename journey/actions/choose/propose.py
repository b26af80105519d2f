"""Proposals for everybody who is due, in one go.  Nothing is written: booking them is the ledger's.

A run considers, for each customer, the actions that a rule proposes for them now.  `by_value` adds every action whose value
is measured or assumed, for everybody; `actions` looks at these alone, for everybody, as when one is launched by hand.
A customer gets one action or none.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from journey.actions.catalog import Action, ActionCatalog
from journey.actions.choose.candidate import Candidate, Situation, candidates
from journey.actions.choose.card import Card, card_of
from journey.actions.choose.decide import Decision, by_priority, decided, options_of
from journey.actions.choose.draw import DRAWS, NOTHING, Chosen, choose_many
from journey.actions.choose.measure import luck_of, variant_for
from journey.actions.choose.situation import situation_of, version_of, worths_of
from journey.actions.guardrails import Standing, send_from, standings
from journey.actions.ledger.proposal import Proposal, proposal_key
from journey.answers import iso
from journey.errors import QuestionError
from journey.rules import Binder, customers_where, nearest
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql, one_moment, setting

EVERYBODY = "select id from customers where first_ts < $as_of or first_ts is null order by id"
OF_SEGMENT = "select id from customers where customer in ({inside}) order by id"


@dataclass(frozen=True)
class Wanted:
    """Whom a run is for.

    triggers: names, None for all that are on.  actions: names to look at alone, None for those that rules propose.
    by_value: whether actions of known value are considered for everybody.  capacity: most proposals, None for any number.
    explore: whether to draw from what is known of the effects, None as the guardrails say.  A list that a person looks at
    shows the best by the mean, as the card does: explore=False.
    """

    triggers: Collection[str] | None = None
    actions: Collection[str] | None = None
    by_value: bool = False
    capacity: int | None = None
    explore: bool | None = None


@dataclass(frozen=True)
class Proposing:
    """eligible: action -> customers for whom it was allowed.  without: customers who were due and for whom nothing was chosen.

    beyond: customers who were left out as the capacity or the budget was used up.
    """

    proposals: tuple[Proposal, ...] = ()
    eligible: Mapping[str, int] = field(default_factory=dict)
    without: int = 0
    beyond: int = 0


def propose_for(
    con: Warehouse,
    scope: Scope,
    *,
    run: str,
    rng: np.random.Generator,
    at: int | None = None,
    triggers: Collection[str] | None = None,
    actions: Collection[str] | None = None,
    by_value: bool = False,
    capacity: int | None = None,
) -> tuple[Proposal, ...]:
    """One action for each customer of the scope's segment who is due and for whom one is worth doing, the best first.

    See `proposing_for`, which also tells what was left out.
    """
    return proposing_for(con, scope, Wanted(triggers, actions, by_value, capacity), run=run, rng=rng, at=at).proposals


def proposing_for(con: Warehouse, scope: Scope, wanted: Wanted, *, run: str, rng: np.random.Generator, at: int | None = None) -> Proposing:
    """Where it is to explore, each gets the best of one draw from what is known of the effects, and the chance of
    that choice is kept; else the best by its mean, with chance 1.  Which draw falls to a customer follows from their id and
    the moment: the same facts and the same rng decide alike, so a run can be made twice.  Those held out are chosen for
    like others, with arm "holdout"; they use up no capacity and no budget.

    rng: of the draws.  at: ms by the machine's clock, now where left out.
    Raises: QuestionError: a trigger or an action that the catalog does not hold, a capacity below 1.
    """
    with one_moment(con):
        situation = situation_of(con, scope, at)
        _refuse_unknown(situation.catalog, wanted)
        considered = _considered(con, scope, situation, wanted)
        stand = standings(con, list(considered), situation.as_of, situation.at, situation.catalog)
        worth = worths_of(con, situation.catalog, list(stand), situation.as_of)
        asked = frozenset(wanted.actions or ())
        rows = {one: candidates(situation, stand[one], considered[one], worth, asked) for one in stand}
        open_ = {one: row for one, row in rows.items() if any(each.allowed for each in row)}
        explore = situation.catalog.guardrails.explore if wanted.explore is None else wanted.explore
        cards = _cards(con, situation, stand, open_, rng, explore)
        kept = _within(cards, situation, wanted.capacity)
        version = version_of(con)
        found = tuple(_proposal(card, chance, run, version) for card, chance in kept)
        beyond = len(cards) - len(kept)
        return Proposing(found, _eligible(rows.values()), len(rows) - len(cards), beyond)


def _eligible(rows: Iterable[Sequence[Candidate]]) -> dict[str, int]:
    return dict(Counter(one.name for row in rows for one in row if one.allowed))


def _refuse_unknown(catalog: ActionCatalog, wanted: Wanted) -> None:
    for what, names, known in (
        ("trigger", wanted.triggers, [one.name for one in catalog.triggers]),
        ("action", wanted.actions, [one.name for one in catalog.actions]),
    ):
        if missing := [name for name in names or () if name not in known]:
            raise QuestionError(f"No {what} is named {missing[0]!r}.{nearest(str(missing[0]), known)}")
    if wanted.capacity is not None and wanted.capacity < 1:
        raise QuestionError(f"The capacity is {wanted.capacity}; write how many proposals there may be, 1 at least.")


def _considered(con: Warehouse, scope: Scope, situation: Situation, wanted: Wanted) -> dict[str, list[Action]]:
    """Id -> the actions to look at for the customer, in the order of the catalog; by id."""
    catalog, inside = situation.catalog, _inside(con, scope, situation.as_of)
    if wanted.actions is not None:
        named = [action for action in catalog.actions if action.name in wanted.actions]
        return dict.fromkeys(_everybody(con, situation.as_of) if inside is None else inside, named)
    found: dict[str, set[str]] = {}
    for trigger in catalog.triggers:
        if wanted.triggers is None or trigger.name in wanted.triggers:
            for one in situation.due.get(trigger.name, ()):
                if inside is None or one in inside:
                    found.setdefault(one, set()).add(trigger.action)
    if wanted.by_value:
        known = {action.name for action in catalog.actions if situation.effects.of(action.name).is_measured}
        for one in (_everybody(con, situation.as_of) if inside is None else inside) if known else ():
            found.setdefault(one, set()).update(known)
    return {one: [action for action in catalog.actions if action.name in found[one]] for one in sorted(found)}


def _inside(con: Warehouse, scope: Scope, as_of: int) -> dict[str, None] | None:
    """The ids of the scope's segment, in order; None where it has none."""
    if scope.segment is None:
        return None
    binder = Binder(con)
    inside = customers_where(binder, scope.segment, replace(scope, stop=as_of))
    return dict.fromkeys(ask_sql(con, OF_SEGMENT.format(inside=inside), binder.params)["id"].to_list())


def _everybody(con: Warehouse, as_of: int) -> list[str]:
    return list(ask_sql(con, EVERYBODY, {"as_of": as_of})["id"].to_list())


def _cards(
    con: Warehouse,
    situation: Situation,
    stand: Mapping[str, Standing],
    rows: Mapping[str, Sequence[Candidate]],
    rng: np.random.Generator,
    explore: bool,
) -> list[tuple[Card, float]]:
    """The card of everybody for whom something was chosen, with the chance of that choice."""
    names = [action.name for action in situation.catalog.actions]
    each = list(rows.values())
    picks = np.array([luck_of("draw", one, situation.as_of) % DRAWS for one in rows], dtype=np.int64)
    sure = choose_many(options_of(each, names, trying=False), rng, explore=False)
    drawn = choose_many(options_of(each, names, trying=True), rng, picks=picks) if explore else None
    currency, found = setting(con, "currency"), []
    for place, (customer, row) in enumerate(rows.items()):
        decision, chance = _decision(row, sure, drawn, place, names)
        if decision.chosen is not None:
            found.append((_card(decision, stand[customer], situation, currency), chance))
    return found


def _decision(row: Sequence[Candidate], sure: Chosen, drawn: Chosen | None, place: int, names: Sequence[str]) -> tuple[Decision, float]:
    """-> (the decision, the chance at which it was made)."""
    best = decided(row, sure, place, names)
    if drawn is None:
        return best, 1.0
    column, chance = int(drawn.action[place]), float(drawn.propensity[place])
    if column == NOTHING:
        # No draw can be made of what is known of these: where nothing else is worth doing, the rule goes.
        waiting = [one for one in by_priority(row) if one.effect.source != "trying" or one.worth is None]
        second = waiting[1] if len(waiting) > 1 else None
        if waiting:
            return Decision(tuple(row), waiting[0], "priority", None, second), chance
        return Decision(tuple(row), None, "nothing"), chance
    chosen = next(one for one in row if one.name == names[column])
    if best.chosen is not None and chosen.name == best.chosen.name:
        return best, chance
    share = float(sure.shares[place, column]) if chosen.is_valued else None
    return Decision(tuple(row), chosen, "learning", share, best.chosen), chance


def _card(decision: Decision, standing: Standing, situation: Situation, currency: str | None) -> Card:
    chosen, guardrails = decision.chosen, situation.catalog.guardrails
    variant = variant_for(chosen, standing.customer_id, situation.as_of)
    sent = send_from(standing, guardrails, situation.at, variant[0])
    return card_of(decision, standing, situation.as_of, situation.at, variant, sent, currency=currency)


def _within(cards: list[tuple[Card, float]], situation: Situation, capacity: int | None) -> list[tuple[Card, float]]:
    """The best first, as far as capacity and budget go; what is not valued comes after what is, by its priority."""
    budget = situation.catalog.guardrails.budget
    left = float("inf") if budget is None else budget.most - situation.spent
    places = float("inf") if capacity is None else capacity
    kept = []
    for card, chance in sorted(cards, key=_rank):
        cost, treated = (card.chosen.action.cost if card.chosen else 0.0), card.arm == "treated"
        if places < 1:
            break
        if cost > max(left, 0.0):  # those held out, too: else they would be compared with others than themselves
            continue
        left, places = left - cost * treated, places - treated
        kept.append((card, chance))
    return kept


def _rank(one: tuple[Card, float]) -> tuple[bool, float, int, int]:
    """Of equals, such as customers of a stage, those on whom the dice of the moment fall: else the same ids would always go first."""
    card, value = one[0], one[0].expected_value
    return value is None, -(value or 0.0), -(card.chosen.priority if card.chosen else 0), luck_of("order", card.customer, card.as_of)


def _proposal(card: Card, chance: float, run: str, version: int) -> Proposal:
    """The occasion is the day of the facts: the same action is proposed to a customer once a day, however often it is run."""
    chosen = card.chosen
    if chosen is None:
        raise ValueError("nothing was chosen, so there is nothing to propose")
    low, high = chosen.interval or (None, None)
    return Proposal(
        proposal=proposal_key(card.customer, chosen.name, str(iso(card.as_of))[:10]),
        customer_id=card.customer,
        action=chosen.name,
        variant=card.variant.name if card.variant else "",
        channel=chosen.action.channel,
        trigger_name=card.trigger,
        stage=card.stage,
        arm=card.arm,
        propensity=chance,
        variant_propensity=card.variant_propensity,
        expected_value=chosen.value,
        low=low,
        high=high,
        cost=chosen.action.cost,
        as_of=card.as_of,
        act_by=card.as_of + chosen.action.valid_ms,
        proposed_at=card.at,
        run=run,
        catalog=version,
        card=json.dumps(card.as_brief()),
    )


__all__ = ["Proposing", "Wanted", "propose_for", "proposing_for"]
