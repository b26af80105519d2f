"""Day after day: who visits, who fills a cart, how far they come, who signs up."""

from collections.abc import Callable
from typing import Any

import numpy as np

from journey.demo import support, world
from journey.demo.campaigns import decide, write_newsletter
from journey.demo.diary import LONG_AGO, Diary, State
from journey.demo.leaving import leave
from journey.demo.people import People

BROWSED, CARTED, CHECKED_OUT, PAID, BOUGHT = range(5)


def live(people: People, rng: np.random.Generator, days: int, tell: Callable[[int], None]) -> tuple[State, Diary]:
    """All days of all people.  On a Monday people decide to leave, before anything else; on a Wednesday campaigns decide."""
    state, diary = State(people), Diary()
    rhythm = world.weekday_rhythm(days)
    first = world.first_day(days).weekday()
    for day in range(days):
        tell(day)
        weekday = (first + day) % 7
        if weekday == 0 and day >= world.MEMORY_DAYS:
            leave(day, people, state, diary, rng)
        if weekday == 2 and world.MEMORY_DAYS <= day < days - 2 * world.RESPONSE_DAYS:
            decide(day, people, state, diary, rng)
        if weekday == 3:
            write_newsletter(day, people, state, diary)
        state.recall(day)
        _visit(day, rhythm[day], people, state, diary, rng)
        support.renew_plus(day, state, diary, rng)
    return state, diary


def _visit(day: int, rhythm: float, people: People, state: State, diary: Diary, rng: np.random.Generator) -> None:
    persons = _visitors(day, rhythm, people, state, rng)
    channel = _channels(persons, people, state, day, rng)
    state.touches[channel, persons] = day
    device = _devices(persons, people, rng)
    base, touched = _cart_chances(persons, people, state, day)
    luck = rng.random(len(persons))
    cart = luck < np.clip(base + touched.T @ np.array(world.CHANNEL_EFFECTS), 0, 0.9)
    follows = rng.random(len(persons)) < np.where(cart, world.BRAND_FOLLOWS["cart"], world.BRAND_FOLLOWS["no_cart"])
    joins = ~cart & ~state.registered()[persons] & (rng.random(len(persons)) < 0.17)
    state.signed_up[persons[joins]] = day
    hour = _hours(len(persons), rng)
    depth = np.full(len(persons), BROWSED)
    stays = cart & ~follows
    depth[stays], joins[stays] = _come_far(persons[stays], device[stays], day, people, state, rng)
    numbers = _note(day, state, diary, person=persons, device=device, channel=channel, signs_up=joins, hour=hour, depth=depth)
    _keep_luck(diary, numbers, luck, base, touched)
    _order(numbers[stays], persons[stays], depth[stays], day, people, state, diary, rng)
    _come_back_by_brand(numbers[follows], persons[follows], cart[follows], device[follows], hour[follows], day, people, state, diary, rng)
    _respond(day, people, state, diary, rng)
    state.last_visit[persons] = day
    state.visited[persons] = True
    strangers = persons[~state.registered()[persons]]
    state.lost[strangers] |= rng.random(len(strangers)) < 0.30
    support.ask_for_help(day, persons, state, diary, rng)


def _visitors(day: int, rhythm: float, people: People, state: State, rng: np.random.Generator) -> np.ndarray:
    """Those who come today: newcomers for sure, others by their rate, less when fading, never when gone or away."""
    fading, gone = day >= state.left, day >= state.left + world.FADE_DAYS
    away = (day >= people.pause) & (day < people.back)
    fresh = state.registered() & (day - state.signed_up < 14) & (state.signed_up >= 0)
    rate = people.rate * rhythm * np.where(fresh, 2.2, 1.0) * np.where(fading, world.FADE_RATE, 1.0)
    comes = rng.random(people.count) < 1 - np.exp(-rate)
    here = (people.arrival < day) & ~gone & ~away & ~state.lost
    return np.flatnonzero((here & comes) | (people.arrival == day))


def _channels(persons: np.ndarray, people: People, state: State, day: int, rng: np.random.Generator) -> np.ndarray:
    """Drawn without regard to what the person is about to do.  A newsletter needs an address and consent."""
    channel = rng.choice(len(world.CHANNELS), size=len(persons), p=world.CHANNEL_SHARES)
    channel = np.where(state.visited[persons] | (people.arrival[persons] < 0), channel, people.acquisition[persons])
    reached = state.registered()[persons] & people.marketing[persons] & (day < people.withdrawn[persons])
    newcomer = people.arrival[persons] == day
    return np.where((channel == world.CHANNELS.index("Newsletter")) & ~reached & ~newcomer, 0, channel)


def _devices(persons: np.ndarray, people: People, rng: np.random.Generator) -> np.ndarray:
    """The slot of the device: mostly the person's first."""
    owned = people.devices[persons]
    return np.where((rng.random(len(persons)) < 0.3) & (owned > 1), rng.integers(0, owned), 0)


def _cart_chances(persons: np.ndarray, people: People, state: State, day: int) -> tuple[np.ndarray, np.ndarray]:
    """(visits,) the chance without any touch, and (channels, visits): touched within the last days, today included."""
    stranger = ~state.registered()[persons]
    base = people.cart[persons] * np.where(stranger, 0.6, 1.0) + np.where(state.plus[persons], 0.05, 0.0)
    return base, day - state.touches[:, persons] < world.CHANNEL_DAYS


def _keep_luck(diary: Diary, visits: np.ndarray, luck: np.ndarray, base: np.ndarray, touched: np.ndarray) -> None:
    diary.write("luck", visit=visits, luck=luck, base=base, **{f"touched_{code}": row for code, row in enumerate(touched)})


def _note(day: int, state: State, diary: Diary, **columns: np.ndarray) -> np.ndarray:
    """Write visits of this day down; their numbers."""
    persons = columns["person"]
    troubled = state.recently("late", day) | state.recently("low_csat", day) | state.recently("refused", day)
    known = {"day": np.full(len(persons), day), "plus": state.plus[persons], "troubled": troubled[persons]}
    none = np.full(len(persons), -1)
    return diary.write("visits", **({"parent": none, "response": none} | known | columns))


def _come_far(
    persons: np.ndarray, device: np.ndarray, day: int, people: People, state: State, rng: np.random.Generator, sure: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """How deep a visit with a cart comes, and whether the person signs up on the way.  The leak and the A/B test act here."""
    kind = people.device_kinds[persons, device]
    checkout, payment = np.full(len(persons), world.TO_CHECKOUT), np.array(world.TO_PAYMENT)[kind]
    payment = np.where((kind == world.DEVICES.index(world.LEAK.device)) & leaking(day), payment * world.LEAK.factor, payment)
    for number, test in enumerate(world.EXPERIMENTS.values()):
        if test.running(day):
            checkout = checkout + test.effect * people.arms[number, persons]
    joins = ~state.registered()[persons]
    willing = ~joins | (rng.random(len(persons)) < 0.8)
    steps = rng.random((3, len(persons))) < np.array([np.where(willing, checkout, 0), payment, np.full(len(persons), world.TO_PURCHASE)])
    depth = CARTED + (np.minimum.accumulate(steps)).sum(axis=0)
    depth = np.full(len(persons), BOUGHT) if sure else depth
    joins &= depth >= CHECKED_OUT
    state.signed_up[persons[joins]] = day
    state.last_abandoned[persons] = np.where(depth < BOUGHT, day, LONG_AGO)
    return depth, joins


def leaking(day: Any) -> Any:
    """Whether the checkout leaks on the day, or on each day of an array."""
    return (day >= world.LEAK.start_day) & (day < world.LEAK.start_day + world.LEAK.days)


def _come_back_by_brand(
    parents: np.ndarray, persons: np.ndarray, cart: np.ndarray, device: np.ndarray, hour: np.ndarray,
    day: int, people: People, state: State, diary: Diary, rng: np.random.Generator,
) -> None:  # fmt: skip
    """A second visit some hours later, by searching for the shop's name.  It adds nothing to what was decided before."""
    other = rng.random(len(persons)) < 0.2
    device = np.where(other, _devices(persons, people, rng), device)
    state.touches[world.BRAND, persons] = day
    depth, joins = np.full(len(persons), BROWSED), np.zeros(len(persons), bool)
    depth[cart], joins[cart] = _come_far(persons[cart], device[cart], day, people, state, rng)
    numbers = _note(
        day, state, diary, person=persons, device=device, channel=np.full(len(persons), world.BRAND), signs_up=joins,
        hour=hour + 0.8 + rng.exponential(2.0, len(persons)), depth=depth, parent=parents,
    )  # fmt: skip
    _order(numbers, persons, depth, day, people, state, diary, rng)


def _respond(day: int, people: People, state: State, diary: Diary, rng: np.random.Generator) -> None:
    """The one more order that an action, or chance, brings on this day."""
    due = state.responses.pop(day, [])
    if not due:
        return
    persons, decisions = np.concatenate(due).T
    device = _devices(persons, people, rng)
    depth, joins = _come_far(persons, device, day, people, state, rng, sure=True)
    numbers = _note(
        day, state, diary, person=persons, device=device, channel=np.zeros(len(persons), int), signs_up=joins,
        hour=_hours(len(persons), rng), depth=depth, response=decisions,
    )  # fmt: skip
    state.touches[0, persons] = day
    state.last_visit[persons] = day
    _order(numbers, persons, depth, day, people, state, diary, rng)


def _order(
    visits: np.ndarray,
    persons: np.ndarray,
    depth: np.ndarray,
    day: int,
    people: People,
    state: State,
    diary: Diary,
    rng: np.random.Generator,
) -> None:
    bought = depth == BOUGHT
    visits, persons = visits[bought], persons[bought]
    coupon = people.coupon[persons] & (rng.random(len(persons)) < 0.75)
    first = state.orders[persons] == 0
    state.coupon_first[persons[first]] = coupon[first]
    state.orders[persons] += 1
    support.deliver(day, visits, persons, coupon, state, diary, rng)


def _hours(count: int, rng: np.random.Generator) -> np.ndarray:
    """Local hours of the day, with a quiet night, a busy lunch and a busier evening."""
    return rng.choice(24, size=count, p=world.HOURS / world.HOURS.sum()) + rng.random(count)
