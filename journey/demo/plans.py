"""What the simulated shop had planned for its experiments, locked two days before each began, from what its log said until then."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from journey.demo import world
from journey.errors import QuestionError
from journey.experiments.plan import keep_plan, lock_plan, plan_from, plan_of
from journey.experiments.power import measure_power, read_power
from journey.scope import Scope, to_ms
from journey.warehouse import Warehouse

PLANNER = "The simulated shop"
DAYS = 180
LOCKED = timedelta(days=2)
AHEAD = timedelta(days=1)  # the first day of a test begins in Tokyo while it is the day before in UTC
SIMULATED = "It is simulated, with the rest of this shop: what it does was planted."
REVENUE = {
    "name": "Revenue per customer",
    "kind": "mean",
    "revenue": True,
    "winsorise": 0.99,
    "role": "guardrail",
    "margin": {"relative": 0.1},
}


@dataclass(frozen=True)
class Meant:
    """What somebody meant to find out.  effect: the smallest worth finding, in the unit of the primary metric."""

    hypothesis: str
    primary: dict[str, Any]
    secondary: dict[str, Any]
    effect: float
    about: tuple[str, ...]


ORDERED = {"name": "Ordered", "event": "Purchase"}
CHECKED = {"name": "Went to checkout", "event": "Checkout"}
ADDED = {"name": "Added to cart", "event": "Add to cart"}
MEANT = {
    "Short checkout": Meant(
        "Checkout on one page instead of three lets more of those with something in the cart go through and order.",
        ORDERED,
        CHECKED,
        0.07,
        ("checkout", "payment", "cart"),
    ),
    "Larger photos": Meant(
        "Photos twice as large on the product page let more customers see what they want, and put it into the cart.",
        ADDED,
        ORDERED,
        0.04,
        ("product page", "photos", "images"),
    ),
    "Free delivery banner": Meant(
        "Saying on the product page that delivery is free from 40 euros lets more customers order.",
        ORDERED,
        ADDED,
        0.035,
        ("delivery", "shipping", "banner", "product page"),
    ),
}


def plan_experiments(con: Warehouse) -> None:
    """Keep and lock the plan of each experiment of the shop, where it has none yet; what somebody changed since stays."""
    for name, test in world.EXPERIMENTS.items():
        if plan_of(con, name) is None:
            _plan(con, name, test, world.first_day(DAYS) + timedelta(days=test.start_day) - AHEAD)


def _plan(con: Warehouse, name: str, test: world.Experiment, start: datetime) -> None:
    meant, locked = MEANT[name], to_ms(start - LOCKED)
    plain = {
        "experiment": name,
        "hypothesis": f"{meant.hypothesis} {SIMULATED}",
        "metrics": [{**meant.primary, "role": "primary"}, meant.secondary, REVENUE],
        "variants": {world.ARMS[0]: test.split, world.ARMS[1]: 1 - test.split},
        "control": world.ARMS[0],
        "exposure": {"event": "Experiment viewed", "experiment": "experiment", "variant": "variant"},
        "at": test.at,
        "effect": meant.effect,
        "start": start.isoformat(),
        "days": test.days,
        "owner": PLANNER,
        "about": list(meant.about),
    }
    plan = replace(plan_from(plain), **_sized(con, meant, test, locked))
    keep_plan(con, plan, by=PLANNER, at=locked)
    lock_plan(con, name, by=PLANNER, at=locked)


def _sized(con: Warehouse, meant: Meant, test: world.Experiment, until: int) -> dict[str, Any]:
    """Baseline, traffic and size from the log before; of a shop too small for them, none."""
    asked = {"metric": meant.primary, "at": test.at, "effect": meant.effect, "reading": "always_valid", "tuned_at": None}
    try:
        found = measure_power(con, read_power(asked), Scope(stop=until))
    except QuestionError:  # of a handful of customers, nearly all may do it already
        return {}
    if found.size.n is None or found.measured is None:
        return {}
    return {
        "baseline": found.baseline,
        "daily": found.measured.daily,
        "units_per_arm": found.units_of(found.size)[0],
        "tuned_at": found.size.tuned_at,
        "formula": found.formula,
    }
