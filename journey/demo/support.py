"""After the order: delivery, refunds, reviews, tickets and how they ended, the subscription."""

import numpy as np

from journey.demo import world
from journey.demo.diary import Diary, State
from journey.demo.people import NEVER

INTENTS = ("late parcel", "refund", "damaged goods", "payment failed", "Plus billing", "account access", "product question", "order change")
LATE, REFUND, DAMAGED, PAYMENT, BILLING, ACCESS, QUESTION, CHANGE = range(8)
LATE_SHARE, REFUND_SHARE, REFUSED_SHARE = 0.13, (0.045, 0.16), 0.35
CSAT_MEANS = (2.5, 2.9, 2.6, 3.3, 3.4, 3.9, 4.3, 3.9)


def deliver(
    day: int, visits: np.ndarray, persons: np.ndarray, coupon: np.ndarray, state: State, diary: Diary, rng: np.random.Generator
) -> None:
    """All that follows from orders of this day, each at its own day to come."""
    count = len(persons)
    late = rng.random(count) < LATE_SHARE
    delay = np.where(late, rng.integers(2, 9, count), 0)
    arrives = day + rng.integers(2, 5, count) + delay
    asks = rng.random(count) < np.where(late, REFUND_SHARE[1], REFUND_SHARE[0])
    refused = asks & (rng.random(count) < REFUSED_SHARE)
    settled = arrives + rng.integers(3, 9, count)
    happy = ~late & ~asks
    orders = diary.write(
        "orders", person=persons, visit=visits, day=np.full(count, day), coupon=coupon, revenue=rng.lognormal(3.6, 0.55, count),
        arrives=arrives, delay=delay, asks_on=np.where(asks, arrives + 1, NEVER), settled=settled, refused=refused,
        reviews=rng.random(count) < np.where(happy, 0.16, 0.05), refers=rng.random(count) < np.where(happy, 0.05, 0.0),
        surveyed=rng.random(count) < 0.14, happy=happy,
    )  # fmt: skip
    state.remember("late", persons[late], arrives[late])
    state.remember("refused", persons[refused], settled[refused])
    complains = late & (rng.random(count) < 0.55)
    open_tickets(persons[complains], arrives[complains] - rng.integers(0, 2, complains.sum()), LATE, orders[complains], state, diary, rng)
    writes = asks & (rng.random(count) < 0.6)
    open_tickets(persons[writes], arrives[writes] + 1, REFUND, orders[writes], state, diary, rng)
    damaged = ~asks & ~late & (rng.random(count) < 0.025)
    open_tickets(persons[damaged], arrives[damaged] + 1, DAMAGED, orders[damaged], state, diary, rng)
    changes = rng.random(count) < 0.02
    open_tickets(persons[changes], np.full(changes.sum(), day + 1), CHANGE, orders[changes], state, diary, rng)
    _start_plus(day, persons, state, diary, rng)


def open_tickets(
    persons: np.ndarray,
    days: np.ndarray,
    intent: int | np.ndarray,
    orders: np.ndarray,
    state: State,
    diary: Diary,
    rng: np.random.Generator,
) -> None:
    """Tickets with their end: the longer the wait, the lower the satisfaction.  Three in ten do not answer the question."""
    count = len(persons)
    intent = np.broadcast_to(intent, count)
    waited = rng.gamma(1.6, 22.0, count)  # hours
    csat = np.clip(np.rint(np.array(CSAT_MEANS)[intent] - (waited - 35) / 40 + rng.normal(0, 0.9, count)), 1, 5).astype(int)
    answers = rng.random(count) < 0.7
    closes = days + np.ceil(waited / 24).astype(int)
    diary.write(
        "tickets", person=persons, day=days, intent=intent, order=orders, waited=waited, closes=closes, csat=np.where(answers, csat, 0)
    )
    low = answers & (csat <= 2)
    state.remember("low_csat", persons[low], closes[low])


def ask_for_help(day: int, persons: np.ndarray, state: State, diary: Diary, rng: np.random.Generator) -> None:
    """Questions that come up on a visit and have nothing to do with an order."""
    asks = persons[state.registered()[persons] & (rng.random(len(persons)) < 0.018)]
    intent = rng.choice([PAYMENT, ACCESS, QUESTION], size=len(asks), p=(0.3, 0.3, 0.4))
    billed = state.plus[asks] & (rng.random(len(asks)) < 0.5)
    open_tickets(asks, np.full(len(asks), day), np.where(billed, BILLING, intent), np.full(len(asks), -1), state, diary, rng)


def _start_plus(day: int, persons: np.ndarray, state: State, diary: Diary, rng: np.random.Generator) -> None:
    """One in eleven buyers without Plus starts it with the order."""
    joins = persons[~state.plus[persons] & (rng.random(len(persons)) < 0.09)]
    state.plus[joins] = True
    state.plus_renews[joins] = day + world.PLUS_DAYS
    diary.write("plus", person=joins, day=np.full(len(joins), day), what=np.zeros(len(joins), int))


def renew_plus(day: int, state: State, diary: Diary, rng: np.random.Generator) -> None:
    """Renewed every 30 days; 5% are cancelled instead, and by all who have left."""
    due = np.flatnonzero(state.plus & (state.plus_renews <= day))
    ends = (rng.random(len(due)) < 0.05) | (state.left[due] <= day)
    state.plus[due[ends]] = False
    state.plus_renews[due] = day + world.PLUS_DAYS
    diary.write("plus", person=due, day=np.full(len(due), day), what=np.where(ends, 2, 1))
