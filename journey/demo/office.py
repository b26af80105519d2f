"""What happens away from the site: parcels, refunds, reviews, tickets, the subscription, e-mails and campaigns."""

import numpy as np
import polars as pl

from journey.demo import world
from journey.demo.diary import Diary
from journey.demo.people import NEVER, People
from journey.demo.site import HOUR_MS, numbered, order_names, words
from journey.demo.texts import ticket_texts


class Office:
    """Rows of events that no device saw.  midnight: (zones, days) ms; past the last day nothing is written."""

    def __init__(self, people: People, midnight: np.ndarray, rng: np.random.Generator) -> None:
        self.people, self.midnight, self.rng, self.rows = people, midnight, rng, list[pl.DataFrame]()

    def times(self, persons: np.ndarray, days: np.ndarray, hour: float, spread: float) -> np.ndarray:
        """ms on the local day, around an hour; -1 past the last day."""
        last = self.midnight.shape[1]
        when = self.midnight[self.people.zone[persons], np.clip(days, 0, last - 1)]
        ts = when + ((hour + spread * self.rng.random(len(persons))) * HOUR_MS).astype(np.int64)
        return np.where((days >= 0) & (days < last), ts, -1)

    def add(self, event: str, persons: np.ndarray, ts: np.ndarray, **columns: pl.Series | pl.Expr) -> None:
        frame = pl.DataFrame({"person": persons, "ts": ts}).with_columns(event=pl.lit(event), **columns)
        self.rows.append(frame.filter(pl.col("ts") >= 0))


def office_rows(people: People, diary: Diary, order_ts: np.ndarray, midnight: np.ndarray, rng: np.random.Generator) -> pl.DataFrame:
    """All of them; order_ts: (orders,) ms of each purchase."""
    office = Office(people, midnight, rng)
    _parcels(office, diary.read("orders"))
    _plus(office, diary, order_ts)
    _campaigns(office, diary.read("decisions"))
    _newsletters(office, diary.read("letters"))
    return pl.concat(office.rows, how="diagonal")


def _parcels(office: Office, orders: dict[str, np.ndarray]) -> None:
    persons, names = orders["person"], order_names(np.arange(len(orders["person"])))
    office.add("Delivered", persons, office.times(persons, orders["arrives"], 9, 9), order=names, delay_days=pl.Series(orders["delay"]))
    asks = orders["asks_on"] < NEVER
    office.add(
        "Refund requested", persons[asks], office.times(persons[asks], orders["asks_on"][asks], 10, 10), order=names.filter(pl.Series(asks))
    )
    paid, refused = asks & ~orders["refused"], orders["refused"]
    back = pl.Series(-np.round(orders["revenue"][paid], 2))
    office.add(
        "Refund",
        persons[paid],
        office.times(persons[paid], orders["settled"][paid], 8, 9),
        order=names.filter(pl.Series(paid)),
        revenue=back,
    )
    settled = office.times(persons[refused], orders["settled"][refused], 8, 9)
    office.add("Refund refused", persons[refused], settled, order=names.filter(pl.Series(refused)))
    rates, refers, asked = orders["reviews"], orders["refers"], orders["surveyed"]
    stars = np.clip(np.rint(np.where(orders["happy"], 4.5, 2.3)[rates] + office.rng.normal(0, 0.8, rates.sum())), 1, 5).astype(int)
    office.add("Review", persons[rates], office.times(persons[rates], orders["arrives"][rates] + 2, 8, 14), rating=pl.Series(stars))
    office.add("Referral", persons[refers], office.times(persons[refers], orders["arrives"][refers] + 3, 8, 14))
    felt = np.clip(np.rint(np.where(orders["happy"], 4.4, 2.4)[asked] + office.rng.normal(0, 0.8, asked.sum())), 1, 5).astype(int)
    office.add("Survey answered", persons[asked], office.times(persons[asked], orders["arrives"][asked] + 1, 9, 12), csat=pl.Series(felt))


def ticket_rows(tickets: dict[str, np.ndarray], people: People, midnight: np.ndarray, rng: np.random.Generator) -> pl.DataFrame:
    """Opened with a text, closed with an answer to "how satisfied are you?" or none."""
    office, persons = Office(people, midnight, rng), tickets["person"]
    names = numbered("t-", np.arange(len(persons)))
    texts = ticket_texts(tickets["intent"], order_names(tickets["order"]), rng)
    opened = office.times(persons, tickets["day"], 9, 11)
    closed = office.times(persons, tickets["closes"], 8, 10)
    closed = np.where((opened >= 0) & (closed >= 0), np.maximum(closed, opened + HOUR_MS // 2), -1)
    csat = pl.Series(tickets["csat"]).set(pl.Series(tickets["csat"] == 0), None)
    office.add("Support ticket", persons, opened, ticket=names, text=texts)
    waits = pl.Series(np.round((closed - opened) / HOUR_MS, 1))
    office.add("Ticket closed", persons, closed, ticket=names, csat=csat, wait_hours=waits)
    return pl.concat(office.rows, how="diagonal")


def _plus(office: Office, diary: Diary, order_ts: np.ndarray) -> None:
    """Started some minutes after the order that brought it, renewed by night."""
    plus, orders = diary.read("plus"), diary.read("orders")
    line = pl.lit("plus")
    for code, event in enumerate(("Plus started", "Plus renewed", "Plus cancelled")):
        here = plus["what"] == code
        persons, days = plus["person"][here], plus["day"][here]
        paid = {"line": line, "revenue": pl.lit(world.PLUS_PRICE)} if code < 2 else {"line": line}
        ts = (
            _after_order(persons, days, orders, order_ts)
            if code == 0
            else office.times(persons, days, 2 if code == 1 else 9, 3 if code == 1 else 10)
        )
        office.add(event, persons, ts, **paid)


def _after_order(persons: np.ndarray, days: np.ndarray, orders: dict[str, np.ndarray], order_ts: np.ndarray) -> np.ndarray:
    keys = orders["person"] * NEVER + orders["day"]
    order = np.argsort(keys, kind="stable")
    at = order[np.searchsorted(keys[order], persons * NEVER + days, side="right") - 1]
    return order_ts[at] + 90_000


def _campaigns(office: Office, decisions: dict[str, np.ndarray]) -> None:
    persons, days, action = decisions["person"], decisions["day"], decisions["action"]
    ts = office.times(persons, days, 6, 0.5)
    office.add(
        "Campaign assigned",
        persons,
        ts,
        campaign=words(np.where(decisions["holdout"], 1, 0), (world.CAMPAIGN, f"{world.CAMPAIGN}, holdout")).cast(pl.String),
        action=words(action, world.ACTIONS),
        segment=words(decisions["segment"], world.SEGMENTS),
        propensity=pl.Series(decisions["propensity"]),
        cost=pl.Series(np.array(world.ACTION_COSTS)[action]),
    )
    mailed, called = np.isin(action, [1, 2]), action == 3
    _mail(office, persons[mailed], ts[mailed] + 600_000, decisions["reachable"][mailed], pl.lit(world.CAMPAIGN))
    office.add("Call back", persons[called], office.times(persons[called], days[called], 10, 7), campaign=pl.lit(world.CAMPAIGN))


def _newsletters(office: Office, letters: dict[str, np.ndarray]) -> None:
    """Those who are about to leave open few."""
    sent = office.times(letters["person"], letters["day"], 7, 0.3)
    _mail(office, letters["person"], sent, letters["engaged"], pl.lit("Newsletter"))


def _mail(office: Office, persons: np.ndarray, sent: np.ndarray, engaged: np.ndarray, campaign: pl.Expr) -> None:
    opens = office.rng.random(len(persons)) < np.where(engaged, 0.38, 0.06)
    office.add("Email sent", persons, sent, campaign=campaign)
    waits = np.minimum(office.rng.exponential(5, opens.sum()), 60) * HOUR_MS
    office.add("Email opened", persons[opens], sent[opens] + 30_000 + waits.astype(np.int64), campaign=campaign)
