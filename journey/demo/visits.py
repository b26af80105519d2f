"""What a visit looks like, event by event: a walk through the shop, logging in on the way, and the cart at its end.

Every event of a visit has a rank that orders it: the walk is 10, 20, ..., what belongs to the cart begins at CART.
"""

from dataclasses import dataclass

import numpy as np

from journey.demo import world
from journey.demo.days import BOUGHT, BROWSED, CHECKED_OUT, PAID
from journey.demo.diary import State
from journey.demo.people import NEVER, People

LOOKS = ("Home", "Search", "Category page", "Product page", "Promo page", "Wishlist", "Help page", "Account")
EXIT = len(LOOKS)
PRODUCT = LOOKS.index("Product page")
NEXT = np.array(
    [  # home  search categ prod  promo wish  help  acct  exit
        [0.02, 0.28, 0.17, 0.20, 0.06, 0.00, 0.02, 0.04, 0.21],  # Home
        [0.04, 0.16, 0.06, 0.53, 0.00, 0.00, 0.00, 0.00, 0.21],  # Search
        [0.05, 0.10, 0.10, 0.56, 0.00, 0.00, 0.00, 0.00, 0.19],  # Category page
        [0.06, 0.22, 0.10, 0.20, 0.00, 0.05, 0.02, 0.00, 0.35],  # Product page
        [0.08, 0.00, 0.14, 0.50, 0.00, 0.00, 0.00, 0.00, 0.28],  # Promo page
        [0.10, 0.00, 0.00, 0.40, 0.00, 0.00, 0.00, 0.00, 0.50],  # Wishlist
        [0.20, 0.00, 0.00, 0.10, 0.00, 0.00, 0.10, 0.10, 0.50],  # Help page
        [0.25, 0.00, 0.00, 0.10, 0.00, 0.15, 0.10, 0.10, 0.30],  # Account
    ]
)
LANDING = np.array(
    [
        [0.58, 0.06, 0.10, 0.14, 0.00, 0.02, 0.02, 0.08, 0.0],  # Direct
        [0.20, 0.00, 0.25, 0.55, 0.00, 0.00, 0.00, 0.00, 0.0],  # Organic search
        [0.90, 0.00, 0.00, 0.10, 0.00, 0.00, 0.00, 0.00, 0.0],  # Brand search
        [0.10, 0.00, 0.00, 0.30, 0.60, 0.00, 0.00, 0.00, 0.0],  # Newsletter
        [0.25, 0.00, 0.00, 0.50, 0.25, 0.00, 0.00, 0.00, 0.0],  # Social
        [0.15, 0.00, 0.00, 0.35, 0.50, 0.00, 0.00, 0.00, 0.0],  # Display
        [0.00, 0.00, 0.00, 0.70, 0.30, 0.00, 0.00, 0.00, 0.0],  # Affiliate
    ]
)
EVENTS = (
    *LOOKS, "Sign up", "Log in", "Welcome tour", "Profile completed",
    "Add to cart", "Checkout", "Payment", "Payment failed", "Purchase", "Experiment viewed", "Survey answered",
)  # fmt: skip
CODE = {name: code for code, name in enumerate(EVENTS)}
LONGEST, CART, AT_CHECKOUT, SURVEY = 30, 1000, 1100, 2000
EXPRESS = 0.15  # of orders in the app skip the checkout page


@dataclass(frozen=True)
class Steps:
    """One entry an event, ordered by visit and rank.  product and experiment are -1 where there is none."""

    visit: np.ndarray
    rank: np.ndarray
    code: np.ndarray
    product: np.ndarray
    experiment: np.ndarray
    identified: np.ndarray


def walk_visits(visits: dict[str, np.ndarray], people: People, state: State, rng: np.random.Generator) -> Steps:
    """All events that visits are made of."""
    kind = people.device_kinds[visits["person"], visits["device"]]
    chosen = _products(people.interest[visits["person"]], rng)
    walk, first_product, length = _walk(visits["channel"], rng)
    parts = [walk, *_carts(visits["depth"], kind, rng), *_joins(visits, length, rng)]
    login, parts = _logins(visits, kind, length, state, parts, rng)
    parts += _surveys(visits, rng)
    exposures, experiments = expose(visits, kind, people, first_product, rng)
    visit, rank, code = (np.concatenate(column) for column in zip(*parts, *exposures, strict=True))
    experiment = np.full(len(visit), -1)
    experiment[len(visit) - len(experiments) :] = experiments
    order = np.argsort(visit * 10_000 + rank, kind="stable")
    visit, rank, code, experiment = visit[order], rank[order], code[order], experiment[order]
    return Steps(
        visit, rank, code, _shown(visit, rank, code, chosen, people.interest[visits["person"]], rng), experiment, rank >= login[visit]
    )


Part = tuple[np.ndarray, np.ndarray, np.ndarray]


def _part(visit: np.ndarray, rank: int | np.ndarray, name: str) -> Part:
    return visit, np.broadcast_to(rank, len(visit)), np.full(len(visit), CODE[name])


def _products(interest: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A product a visit, six in ten from the category the person cares for."""
    category = np.where(rng.random(len(interest)) < 0.6, interest, rng.integers(0, len(world.CATEGORIES), len(interest)))
    return category * world.PER_CATEGORY + np.minimum(rng.geometric(0.4, len(interest)) - 1, world.PER_CATEGORY - 1)


def _walk(channel: np.ndarray, rng: np.random.Generator) -> tuple[Part, np.ndarray, np.ndarray]:
    """A Markov walk from landing to exit; also the rank of the first product page (0: none) and the number of pages."""
    here = _draw(np.cumsum(LANDING, axis=1)[channel], rng)
    visit, parts = np.arange(len(channel)), []
    first_product, length = np.zeros(len(channel), int), np.zeros(len(channel), int)
    after = np.cumsum(NEXT, axis=1)
    for step in range(1, LONGEST + 1):
        parts.append((visit, np.full(len(visit), 10 * step), here))
        length[visit] = step
        fresh = visit[(here == PRODUCT) & (first_product[visit] == 0)]
        first_product[fresh] = 10 * step
        here = _draw(after[here], rng)
        visit, here = visit[here < EXIT], here[here < EXIT]
    walked, ranks, codes = (np.concatenate(column) for column in zip(*parts, strict=True))
    return (walked, ranks, codes), first_product, length


def _draw(cumulative: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One state a row of cumulative probabilities."""
    return np.minimum((rng.random(len(cumulative))[:, None] > cumulative).sum(axis=1), cumulative.shape[1] - 1)


def _carts(depth: np.ndarray, kind: np.ndarray, rng: np.random.Generator) -> list[Part]:
    carts, checks = np.flatnonzero(depth > BROWSED), depth >= CHECKED_OUT
    express = (depth >= PAID) & (kind == world.DEVICES.index("app")) & (rng.random(len(depth)) < EXPRESS)
    pays, buys = depth >= PAID, depth == BOUGHT
    again = carts[rng.random(len(carts)) < 0.22]
    more = again[rng.random(len(again)) < 0.5]
    fails = np.flatnonzero(pays & (rng.random(len(depth)) < np.where(buys, 0.05, 0.55)))
    retries = fails[buys[fails] | (rng.random(len(fails)) < 0.3)]
    return [
        _part(carts[rng.random(len(carts)) < 0.8], CART, "Product page"),
        _part(carts, CART + 10, "Add to cart"),
        _part(again[: len(again) // 2], CART + 20, "Search"),
        _part(again, CART + 30, "Product page"),
        _part(more, CART + 40, "Add to cart"),
        _part(np.flatnonzero(checks & ~express), AT_CHECKOUT, "Checkout"),
        _part(np.flatnonzero(pays), AT_CHECKOUT + 10, "Payment"),
        _part(fails, AT_CHECKOUT + 20, "Payment failed"),
        _part(retries, AT_CHECKOUT + 30, "Payment"),
        _part(np.flatnonzero(buys), AT_CHECKOUT + 40, "Purchase"),
    ]


def _joins(visits: dict[str, np.ndarray], length: np.ndarray, rng: np.random.Generator) -> list[Part]:
    """Signing up: just before checkout, or at the end of looking round."""
    joins = np.flatnonzero(visits["signs_up"])
    rank = join_rank(visits["depth"], length)[joins]
    tours, fills = rng.random(len(joins)) < 0.7, rng.random(len(joins)) < 0.45
    return [
        _part(joins, rank, "Sign up"),
        _part(joins[tours], rank[tours] + 1, "Welcome tour"),
        _part(joins[fills], rank[fills] + 2, "Profile completed"),
    ]


def join_rank(depth: np.ndarray, length: np.ndarray) -> np.ndarray:
    return np.where(depth >= CHECKED_OUT, AT_CHECKOUT - 5, 10 * length + 5)


def _logins(
    visits: dict[str, np.ndarray], kind: np.ndarray, length: np.ndarray, state: State, parts: list[Part], rng: np.random.Generator
) -> tuple[np.ndarray, list[Part]]:
    """The rank from which each visit is known: 0 where the device remembers, NEVER where nobody logs in."""
    signed_up = state.signed_up[visits["person"]]
    known = (signed_up < visits["day"]) | ((visits["parent"] >= 0) & visits["signs_up"][visits["parent"]])
    remembered = known & ((kind == world.DEVICES.index("app")) | (rng.random(len(known)) < 0.7))
    logs_in = known & ~remembered & ((visits["depth"] >= CHECKED_OUT) | (rng.random(len(known)) < 0.75))
    rank = 10 * rng.integers(1, length + 1) + 4
    login = np.select([remembered, logs_in, visits["signs_up"]], [0, rank, join_rank(visits["depth"], length)], default=NEVER)
    return login, [*parts, _part(np.flatnonzero(logs_in), rank[logs_in], "Log in")]


def _surveys(visits: dict[str, np.ndarray], rng: np.random.Generator) -> list[Part]:
    asked = rng.random(len(visits["depth"])) < np.where(visits["depth"] > BROWSED, 0.06, 0.02)
    return [_part(np.flatnonzero(asked), SURVEY, "Survey answered")]


def expose(
    visits: dict[str, np.ndarray], kind: np.ndarray, people: People, first_product: np.ndarray, rng: np.random.Generator
) -> tuple[list[Part], np.ndarray]:
    """Exposures right after the page they are about, at the first visit and some later ones; the broken test loses phones of one arm."""
    parts, experiments = [], []
    for number, test in enumerate(world.EXPERIMENTS.values()):
        running = test.running(visits["day"])
        carts = test.at == "Add to cart"
        reached = running & ((visits["depth"] > BROWSED) if carts else (first_product > 0))
        unlucky = (rng.random(people.count) < test.lost_on_mobile) & (people.arms[number] == 1)
        lost = unlucky[visits["person"]] & (kind == world.DEVICES.index("mobile"))
        seen = np.flatnonzero(reached)
        logged = _first(visits["person"][seen]) | (rng.random(len(seen)) < 0.15)
        seen = seen[logged & ~lost[seen]]
        parts.append(_part(seen, CART + 12 if carts else first_product[seen] + 2, "Experiment viewed"))
        experiments.append(np.full(len(seen), number))
    return parts, np.concatenate(experiments)


def _first(persons: np.ndarray) -> np.ndarray:
    """Whether each entry is the first of its person."""
    first = np.zeros(len(persons), bool)
    first[np.unique(persons, return_index=True)[1]] = True
    return first


def _shown(
    visit: np.ndarray, rank: np.ndarray, code: np.ndarray, chosen: np.ndarray, interest: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """The product an event is about: the chosen one from the cart on, others of the same taste before."""
    shows = np.isin(code, [CODE["Product page"], CODE["Wishlist"], CODE["Category page"], CODE["Search"]])
    looked = np.where(rng.random(len(visit)) < 0.5, chosen[visit], _products(interest[visit], rng))
    bought = np.isin(code, [CODE["Add to cart"], CODE["Purchase"]]) | (rank >= CART)
    return np.where(bought & (shows | bought), chosen[visit], np.where(shows, looked, -1))
