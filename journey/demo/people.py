"""Who the people are before anything happens: where they live, on what devices, how often they look, what they allow."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from journey.demo import world

NEVER = 10_000
MOST_DEVICES = 3
FIRST_NAMES = ("anna", "ben", "carla", "david", "elena", "felix", "grace", "hugo", "ines", "jonas", "kenji", "lea", "mara", "noah", "olga")
LAST_NAMES = (
    "adler",
    "berg",
    "costa",
    "durand",
    "evans",
    "fischer",
    "garcia",
    "hill",
    "ito",
    "jansen",
    "keller",
    "lopez",
    "martin",
    "novak",
)


@dataclass(frozen=True)
class People:
    """One entry a person, in every array.

    arrival: day of the first visit, -1 for those who were registered before the first day.
    tenure: days between signing up and the first day, for those registered before it.
    rate: visits a day on an average day.  cart: base probability that a visit fills a cart.
    device_ids, device_kinds: (people, 3), -1 beyond the person's own number of devices; a shared device has one id.
    withdrawn: the day on which consent to marketing ends, NEVER for most.  pause, back: a long absence.
    """

    arrival: np.ndarray
    tenure: np.ndarray
    zone: np.ndarray
    interest: np.ndarray
    acquisition: np.ndarray
    rate: np.ndarray
    cart: np.ndarray
    coupon: np.ndarray
    device_ids: np.ndarray
    device_kinds: np.ndarray
    devices: np.ndarray  # how many each uses
    minor: np.ndarray
    vulnerable: np.ndarray
    holdout: np.ndarray
    marketing: np.ndarray
    withdrawn: np.ndarray
    pause: np.ndarray
    back: np.ndarray
    arms: np.ndarray  # (experiments, people): 1 is treatment

    @property
    def count(self) -> int:
        return len(self.arrival)


def draw_people(rng: np.random.Generator, count: int, days: int) -> People:
    """People in random order of arrival; a third of them were customers before the first day."""
    arms = np.array([rng.random(count) >= test.split for test in world.EXPERIMENTS.values()]).astype(int)
    before = rng.random(count) < 0.34
    busy = world.weekday_rhythm(days) * np.linspace(0.75, 1.35, days)
    arrival = np.where(before, -1, rng.choice(days, size=count, p=busy / busy.sum()))
    acquisition = rng.choice(len(world.CHANNELS), size=count, p=world.CHANNEL_SHARES)
    affiliate = acquisition == world.CHANNELS.index("Affiliate")
    pauses = rng.random(count) < 0.06
    pause = np.where(pauses, rng.integers(20, max(21, days - 50), count), NEVER)
    device_ids, device_kinds = _draw_devices(rng, count)
    return People(
        arrival=arrival,
        tenure=np.where(before, 1 + rng.exponential(260, count).astype(int), 0),
        zone=rng.choice(len(world.ZONES), size=count, p=world.ZONE_SHARES),
        interest=rng.choice(len(world.CATEGORIES), size=count, p=(0.28, 0.16, 0.2, 0.12, 0.1, 0.14)),
        acquisition=acquisition,
        rate=np.minimum(0.6, rng.lognormal(np.log(0.041), 0.7, count)),
        cart=np.clip(rng.gamma(2.6, 0.055, count), 0.01, 0.5),
        coupon=rng.random(count) < np.where(affiliate, 0.7, 0.2),
        device_ids=device_ids,
        device_kinds=device_kinds,
        devices=(device_ids >= 0).sum(axis=1),
        minor=rng.random(count) < 0.02,
        vulnerable=rng.random(count) < 0.03,
        holdout=rng.random(count) < world.HOLDOUT_SHARE,
        marketing=rng.random(count) < 0.74,
        withdrawn=np.where(rng.random(count) < 0.08, rng.integers(0, days, count), NEVER),
        pause=pause,
        back=np.where(pauses, pause + rng.integers(42, 75, count), NEVER),
        arms=arms,
    )


def _draw_devices(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Ids are numbered over all devices; one person in forty also uses the main device of somebody else."""
    owned = 1 + (rng.random(count) < 0.42) + (rng.random(count) < 0.10)
    has = np.arange(MOST_DEVICES) < owned[:, None]
    ids = np.where(has, (np.cumsum(has) - 1).reshape(has.shape), -1)
    kinds = np.where(has, rng.choice(len(world.DEVICES), size=has.shape, p=world.DEVICE_SHARES), -1)
    lodgers = np.flatnonzero((rng.random(count) < 0.025) & (owned < MOST_DEVICES))
    hosts = (lodgers + 1 + rng.integers(0, count - 1, len(lodgers))) % count
    fits = kinds[hosts, 0] != world.DEVICES.index("app")  # an app is not shared
    lodgers, hosts = lodgers[fits], hosts[fits]
    ids[lodgers, owned[lodgers]] = ids[hosts, 0]
    kinds[lodgers, owned[lodgers]] = kinds[hosts, 0]
    return ids, kinds


def customer_names(count: int) -> pl.Series:
    return pl.select("c-" + pl.int_range(1, count + 1).cast(pl.String).str.zfill(5)).to_series().alias("customer")


def anonymous_names(rng: np.random.Generator, count: int) -> pl.Series:
    """Distinct ids of devices, as a browser would keep them."""
    numbers = rng.permutation(np.unique(rng.integers(16**7, 16**12, size=2 * count + 8))[:count])
    return pl.Series("anonymous_id", [f"a-{number:012x}" for number in numbers.tolist()])


def customers_table(people: People, signup: np.ndarray) -> pl.DataFrame:
    """One row per person who ever signed up; signup: (people,) ms, negative for who never did."""
    number = pl.int_range(people.count)
    names = pl.DataFrame({"first": np.arange(people.count) * 7 % len(FIRST_NAMES), "last": np.arange(people.count) * 11 % len(LAST_NAMES)})
    email = names.select(
        pl.lit(pl.Series(FIRST_NAMES)).gather("first")
        + "."
        + pl.lit(pl.Series(LAST_NAMES)).gather("last")
        + (number + 1).cast(pl.String)
        + "@example.com"
    ).to_series()
    table = pl.DataFrame(
        {
            "customer": customer_names(people.count),
            "signup": pl.Series(signup).cast(pl.Datetime("ms", "UTC")),
            "country": pl.Series(world.COUNTRIES).gather(people.zone),
            "timezone": pl.Series(world.ZONES).gather(people.zone),
            "interest": pl.Series(world.CATEGORIES).gather(people.interest),
            "acquisition": pl.Series(world.CHANNELS).gather(people.acquisition),
            "minor": people.minor,
            "vulnerable": people.vulnerable,
            "holdout": people.holdout,
            "email": email,
        }
    )
    return table.filter(pl.Series(signup > -(10**15)))


def consent_table(rng: np.random.Generator, people: People, signup: np.ndarray, midnight: np.ndarray) -> pl.DataFrame:
    """What each registered person answered on signing up, and later withdrawals; one in twelve was never asked."""
    registered = np.flatnonzero(signup > -(10**15))
    asked = registered[(rng.random(len(registered)) > 0.08) | people.marketing[registered]]
    gone = registered[people.marketing[registered] & (people.withdrawn[registered] < len(midnight))]
    later = midnight[people.withdrawn[gone]] + rng.integers(8, 20, len(gone)) * 3_600_000
    kept = later > signup[gone]
    rows = [
        _answers(asked, "marketing", people.marketing[asked], signup[asked]),
        _answers(asked, "analytics", rng.random(len(asked)) < 0.9, signup[asked]),
        _answers(asked, "personalisation", rng.random(len(asked)) < 0.65, signup[asked]),
        _answers(gone[kept], "marketing", np.zeros(kept.sum(), bool), later[kept]),
    ]
    return pl.concat(rows).sort("ts", "customer", "purpose")


def _answers(persons: np.ndarray, purpose: str, given: np.ndarray, ts: np.ndarray) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "customer": "c-" + pl.Series(persons + 1).cast(pl.String).str.zfill(5),
            "purpose": pl.Series([purpose]).extend_constant(purpose, max(0, len(persons) - 1)).head(len(persons)),
            "given": given,
            "ts": pl.Series(ts).cast(pl.Datetime("ms", "UTC")),
        }
    )
