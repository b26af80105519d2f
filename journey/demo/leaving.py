"""Who decides to leave, and why: a weekly hazard over drivers that can be read from the events before that Monday."""

import numpy as np

from journey.demo import world
from journey.demo.diary import Diary, State
from journey.demo.people import NEVER, People

DRIVERS = tuple(name for name in world.LEAVING if name != "base")


def leave(day: int, people: People, state: State, diary: Diary, rng: np.random.Generator) -> None:
    """On a Monday, each registered customer of a week or longer decides.  Those who leave fade for two weeks first."""
    persons = np.flatnonzero((state.signed_up <= day - 7) & (state.left == NEVER))
    drivers = _drivers(day, state)[:, persons]
    logit = world.LEAVING["base"] + np.array([world.LEAVING[name] for name in DRIVERS]) @ drivers
    hazard = 1 / (1 + np.exp(-logit))
    left = rng.random(len(persons)) < hazard
    diary.write(
        "weeks", person=persons, day=np.full(len(persons), day), left=left, hazard=hazard, **dict(zip(DRIVERS, drivers, strict=True))
    )
    state.left[persons[left]] = day


def _drivers(day: int, state: State) -> np.ndarray:
    """(drivers, people): as they stand at midnight, from events of the days before."""
    return np.array(
        [
            np.clip((day - state.last_visit) / 7, 0, 4),
            state.recently("low_csat", day),
            state.recently("refused", day),
            state.recently("late", day),
            state.coupon_first,
            state.plus,
            np.minimum(state.orders, 4),
            state.recently("called", day),
        ],
        dtype=float,
    )
