"""Events of visits as rows: times, devices, channels and what each page was about."""

import numpy as np
import polars as pl

from journey.demo import world
from journey.demo.days import BOUGHT, BROWSED, leaking
from journey.demo.people import People
from journey.demo.visits import AT_CHECKOUT, CODE, EVENTS, LOOKS, Steps

HOUR_MS = 3_600_000
WITH_PRODUCT = ("Product page", "Wishlist", "Add to cart", "Purchase")


def step_times(steps: Steps, visits: dict[str, np.ndarray], people: People, midnight: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(events,) ms: half a minute a page, more or less; the till is quicker; a tour starts with its sign-up."""
    start = midnight[people.zone[visits["person"]], visits["day"]] + (visits["hour"] * HOUR_MS).astype(np.int64)
    gap = np.clip(rng.lognormal(3.3, 0.95, len(steps.visit)), 1.5, 1500) * 1000
    gap = np.where(steps.rank > AT_CHECKOUT, gap / 2, gap)
    gap = np.where(steps.code == CODE["Experiment viewed"], rng.integers(40, 400, len(gap)), gap)
    gap = np.where(steps.code == CODE["Welcome tour"], 0, gap).astype(np.int64)
    first = np.r_[True, steps.visit[1:] != steps.visit[:-1]]
    total = np.cumsum(np.where(first, 0, gap))
    return start[steps.visit] + total - total[first][np.cumsum(first) - 1]


def site_rows(
    steps: Steps, visits: dict[str, np.ndarray], orders: dict[str, np.ndarray], people: People, ts: np.ndarray, rng: np.random.Generator
) -> pl.DataFrame:
    """One row an event on the site.  person and device_no stay numbers until identities are written."""
    person, device = visits["person"][steps.visit], visits["device"][steps.visit]
    first = np.r_[True, steps.visit[1:] != steps.visit[:-1]]
    product = np.where(np.isin(steps.code, [CODE[name] for name in WITH_PRODUCT]), steps.product, -1)
    category = np.where(np.isin(steps.code, [CODE[name] for name in (*WITH_PRODUCT, "Category page")]), steps.product, -1)
    frame = pl.DataFrame(
        {
            "person": person,
            "device_no": people.device_ids[person, device],
            "identified": steps.identified,
            "event": words(steps.code, EVENTS),
            "ts": ts,
            "visit": steps.visit,
            "device": words(people.device_kinds[person, device], world.DEVICES),
            "channel": words(visits["channel"][steps.visit], world.CHANNELS),
            "touch": words(np.where(first, visits["channel"][steps.visit], -1), world.CHANNELS),
            "product": words(product, world.PRODUCT_NAMES),
            "category": words(category // world.PER_CATEGORY, world.CATEGORIES),
            "query": words(
                np.where(steps.code == CODE["Search"], steps.product // world.PER_CATEGORY, -1),
                tuple(name.lower() for name in world.CATEGORIES),
            ),
            "campaign": words(np.where(steps.code == LOOKS.index("Promo page"), visits["day"][steps.visit] // 30, -1), PROMOTIONS),
            "price": _number(np.where(steps.code == CODE["Add to cart"], world.PRICES[steps.product], -1.0)),
            "experiment": words(steps.experiment, tuple(world.EXPERIMENTS)),
            "variant": words(np.where(steps.experiment >= 0, people.arms[steps.experiment, person], -1), world.ARMS),
            "csat": _whole(np.where(steps.code == CODE["Survey answered"], _csat(steps, visits, people, rng), 0)),
        }
    )
    return frame.with_columns(**_purchases(steps, orders), plan=_plans(steps, visits))


PROMOTIONS = ("Spring table", "Early summer", "Picnic weeks", "Late summer", "Harvest", "Cosy autumn", "Winter warm-up")


def words(codes: np.ndarray, words: tuple[str, ...]) -> pl.Series:
    """Codes as words; -1 is null."""
    return pl.Series(np.where(codes < 0, len(words), codes)).replace_strict(
        list(range(len(words) + 1)), [*words, None], return_dtype=pl.Enum(list(dict.fromkeys(words)))
    )


def _number(values: np.ndarray) -> pl.Series:
    return pl.Series(values).set(pl.Series(values < 0), None)


def _whole(values: np.ndarray) -> pl.Series:
    return pl.Series(values.astype(np.int64)).set(pl.Series(values == 0), None)


def _purchases(steps: Steps, orders: dict[str, np.ndarray]) -> dict[str, pl.Series]:
    """The columns that only an order fills."""
    rows = np.flatnonzero(steps.code == CODE["Purchase"])
    at = np.full(len(steps.visit), -1)
    number_of = np.full(steps.visit.max() + 1, -1)
    number_of[orders["visit"]] = np.arange(len(orders["visit"]))
    at[rows] = number_of[steps.visit[rows]]
    bought = at >= 0
    return {
        "order": order_names(at),
        "revenue": _number(np.where(bought, np.round(orders["revenue"][at], 2), -1.0)),
        "quantity": _whole(np.where(bought, 1 + (orders["revenue"][at] / 30).astype(int), 0)),
        "coupon": words(np.where(bought & orders["coupon"][at], 0, -1), ("SAVE10",)),
        "line": words(np.where(bought, 0, -1), ("shop", "plus")),
    }


def order_names(numbers: np.ndarray) -> pl.Series:
    """o-00001 for order 0; null for -1."""
    return numbered("o-", numbers)


def numbered(prefix: str, numbers: np.ndarray) -> pl.Series:
    frame = pl.DataFrame({"number": numbers})
    return frame.select(pl.when(pl.col("number") >= 0).then(prefix + (pl.col("number") + 1).cast(pl.String).str.zfill(5))).to_series()


def _plans(steps: Steps, visits: dict[str, np.ndarray]) -> pl.Series:
    """What the person pays for, once the visit is known."""
    return words(np.where(steps.identified, visits["plus"][steps.visit].astype(int), -1), ("free", "plus"))


def _csat(steps: Steps, visits: dict[str, np.ndarray], people: People, rng: np.random.Generator) -> np.ndarray:
    """Buying pleases, an abandoned cart does not, and the leak shows."""
    depth, day = visits["depth"], visits["day"]
    kind = people.device_kinds[visits["person"], visits["device"]]
    leaked = leaking(day) & (kind == world.DEVICES.index(world.LEAK.device)) & (depth > BROWSED) & (depth < BOUGHT)
    mean = np.select([leaked, depth == BOUGHT, depth > BROWSED], [2.4, 4.5, 3.5], default=4.0)
    mean = mean - np.where(visits["troubled"], 0.9, 0.0)
    return np.clip(np.rint(mean[steps.visit] + rng.normal(0, 0.8, len(steps.visit))), 1, 5)
