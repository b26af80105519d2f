"""The whole way: a simulated shop is loaded, effects are measured, actions proposed, and valued by what was planted.

Our stages are not the shop's own situations, so what is chosen by stage cannot be as good as what is best by situation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from journey.actions.catalog import ActionCatalog, actions_in_force
from journey.actions.choose import propose_for
from journey.actions.choose.situation import situation_of
from journey.actions.guardrails import blocking, standings, vetoes
from journey.catalogs import default_text, write_catalog
from journey.demo import load_shop, world
from journey.demo.campaigns import REVENUE_MEAN_LOG, REVENUE_SD_LOG, _segments
from journey.demo.days import live
from journey.demo.load import DAYS
from journey.demo.people import NEVER, draw_people
from journey.scope import Scope
from journey.warehouse import Warehouse, open_warehouse

CALLED = {"Cart reminder": "reminder", "Voucher": "voucher", "Call back": "call back"}
REVENUE = float(np.exp(REVENUE_MEAN_LOG + REVENUE_SD_LOG**2 / 2))
AT = 1_800_000_000_000  # the machine's clock, the same every time
Choice = Mapping[str, str]  # customer -> action; nothing for who is not in it


@dataclass(frozen=True)
class WholeWay:
    """Money by the truth, over the customers to whom at least one of the three actions may be done.

    best: of choosing for each customer by what was planted.
    """

    seed: int
    customers: int
    chosen: float
    learning: float
    by_rule: float
    at_random: float
    best: float

    @property
    def told(self) -> str:
        return (
            f"whole way, seed {self.seed}, {self.customers:,} customers: chosen {self.chosen:,.0f}, while learning {self.learning:,.0f}, "
            f"rule priority {self.by_rule:,.0f}, random {self.at_random:,.0f}, the best there is {self.best:,.0f}"
        )


def whole_way(seed: int, customers: int) -> WholeWay:
    with open_warehouse(":memory:") as con:
        load_shop(con, seed=seed, customers=customers)
        catalog = actions_in_force(con)
        allowed = _allowed(con, catalog)
        truth = _planted(seed, customers)
        learning = _proposed(con, seed)
        write_catalog(con, "actions", default_text("actions").replace("\n[guardrails]\n", "\n[guardrails]\nexplore = false\n", 1))
        chosen = _proposed(con, seed)
        return WholeWay(
            seed=seed,
            customers=len(allowed),
            chosen=_worth(chosen, allowed, truth),
            learning=_worth(learning, allowed, truth),
            by_rule=_worth(_by_rule(con, catalog, allowed), allowed, truth),
            at_random=sum(float(np.mean([0.0, *(truth[one][name] for name in names)])) for one, names in allowed.items()),
            best=sum(max([0.0, *(truth[one][name] for name in names)]) for one, names in allowed.items()),
        )


def _allowed(con: Warehouse, catalog: ActionCatalog) -> dict[str, list[str]]:
    """Customer -> those of the three actions that no guardrail forbids; who has none is left out, and so are anonymous ids."""
    situation = situation_of(con, Scope(), AT)
    everybody = [one for (one,) in con.connection.execute("select id from customers where id like 'c-%' order by id").fetchall()]
    found = {}
    for one, standing in standings(con, everybody, situation.as_of, AT, catalog).items():
        mine = [catalog.action(name) for name in CALLED]
        free = [a.name for a in mine if a and not blocking(vetoes(a, standing, catalog.guardrails, situation.as_of, AT, 0.0))]
        if free:
            found[one] = free
    return found


def _proposed(con: Warehouse, seed: int) -> Choice:
    found = propose_for(con, Scope(), run="proof", rng=np.random.default_rng(seed), at=AT, actions=list(CALLED))
    return {one.customer_id: one.action for one in found}


def _by_rule(con: Warehouse, catalog: ActionCatalog, allowed: Mapping[str, Sequence[str]]) -> Choice:
    """The action of the rule with the highest priority that holds for the customer and is allowed."""
    situation = situation_of(con, Scope(), AT)
    rules = sorted((one for one in catalog.triggers if one.action in CALLED), key=lambda one: one.priority)
    return {one: rule.action for rule in rules for one in situation.due.get(rule.name, ()) if rule.action in allowed.get(one, ())}


def _planted(seed: int, customers: int) -> dict[str, dict[str, float]]:
    """Customer -> action -> money that it brings on average, as the shop's own state says at the end of the last day."""
    rng = np.random.default_rng(seed)
    people = draw_people(rng, customers, DAYS)
    state, _ = live(people, rng, DAYS, lambda _: None)
    situation, here = _segments(DAYS, state), state.left == NEVER
    effect = np.array([world.EFFECTS[name] for name in world.SEGMENTS])
    added = np.where(here[:, None], effect[situation] - effect[situation][:, :1], 0.0)
    money = added * world.MARGIN * REVENUE - np.array(world.ACTION_COSTS)
    column = {name: world.ACTIONS.index(called) for name, called in CALLED.items()}
    return {f"c-{one + 1:05d}": {name: float(money[one, at]) for name, at in column.items()} for one in range(customers)}


def _worth(choice: Choice, allowed: Mapping[str, Sequence[str]], truth: Mapping[str, Mapping[str, float]]) -> float:
    return sum(truth[one][action] for one, action in choice.items() if one in allowed)
