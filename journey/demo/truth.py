"""What was planted, as data: the parameters, and what they came to in this sample."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl

from journey.demo import world
from journey.demo.campaigns import campaign_truth
from journey.demo.days import BOUGHT, BROWSED, CHECKED_OUT, PAID, leaking
from journey.demo.diary import Diary, State
from journey.demo.noise import BOT_EVENTS, BOTS
from journey.demo.people import People
from journey.demo.support import INTENTS


@dataclass(frozen=True)
class Drawn:
    """All that was drawn: `known` is the table of events with the hidden person and device numbers."""

    people: People
    state: State
    diary: Diary
    visits: dict[str, np.ndarray]
    orders: dict[str, np.ndarray]
    tickets: dict[str, np.ndarray]
    known: pl.DataFrame
    days: int


def tell_truth(drawn: Drawn) -> dict[str, Any]:
    """Everything that an estimator may be checked against.  Times are ISO dates in UTC, shares are 0 to 1."""
    responses = drawn.visits["response"][drawn.orders["visit"]] >= 0
    extra = float(drawn.orders["revenue"][responses].mean()) if responses.any() else 0.0
    return {
        "window": {"start": _date(drawn.days, 0), "stop": _date(drawn.days, drawn.days), "days": drawn.days},
        "leak": leak_truth(drawn),
        "channels": channel_truth(drawn),
        "leaving": leaving_truth(drawn),
        "tickets": ticket_truth(drawn),
        "campaign": campaign_truth(drawn.diary.read("decisions"), extra),
        "experiments": {name: experiment_truth(drawn, number) for number, name in enumerate(world.EXPERIMENTS)},
        "identity": identity_truth(drawn),
        "noise": noise_truth(drawn),
        "revenue": revenue_truth(drawn),
    }


def _date(days: int, day: int) -> str:
    return (world.first_day(days) + timedelta(days=int(day))).date().isoformat()


def _name(person: int) -> str:
    return f"c-{person + 1:05d}"


def leak_truth(drawn: Drawn) -> dict[str, Any]:
    """The share of visits with a checkout that go on to payment, on the device, in the fortnight and outside it."""
    visits = drawn.visits
    kind = drawn.people.device_kinds[visits["person"], visits["device"]]
    device = world.DEVICES.index(world.LEAK.device)
    checks = (kind == device) & (visits["depth"] >= CHECKED_OUT) & (visits["response"] < 0)
    inside = leaking(visits["day"])
    start = world.LEAK.start_day
    return {
        "device": world.LEAK.device,
        "from_event": "Checkout",
        "to_event": "Payment",
        "start": _date(drawn.days, start),
        "stop": _date(drawn.days, start + world.LEAK.days),
        "factor": world.LEAK.factor,
        "usual_share": world.TO_PAYMENT[device],
        "visits_inside": int((checks & inside).sum()),
        "share_inside": _share(visits["depth"][checks & inside] >= PAID),
        "share_outside": _share(visits["depth"][checks & ~inside] >= PAID),
    }


def _share(hits: np.ndarray) -> float | None:
    return float(hits.mean()) if len(hits) else None


def channel_truth(drawn: Drawn) -> dict[str, Any]:
    """What a touch causes, beside what the last touch is credited with.

    cart_effect: added to the chance of a cart in a visit within 7 days of the touch, the touching visit included.
    orders_caused: orders that would not have been, had the channel no effect, the same visits given.
    """
    visits, luck = drawn.visits, drawn.diary.read("luck")
    touched = np.array([luck[f"touched_{code}"] for code in range(len(world.CHANNELS))])
    chance = np.clip(luck["base"] + touched.T @ np.array(world.CHANNEL_EFFECTS), 0, 0.9)
    bought = visits["depth"] == BOUGHT
    leads = np.zeros(len(bought), bool)  # a visit leads to an order in itself or in the visit by brand search after it
    leads[np.where(visits["parent"] >= 0, visits["parent"], np.arange(len(bought)))[bought]] = True
    ordered = leads[luck["visit"]]
    told: dict[str, Any] = {}
    for code, name in enumerate(world.CHANNELS):
        effect = world.CHANNEL_EFFECTS[code]
        caused = ordered & touched[code] & (luck["luck"] >= chance - effect) & (luck["luck"] < chance)
        last = bought & (visits["channel"] == code)
        told[name] = {"cart_effect": effect, "orders_caused": int(caused.sum()), "orders_last_touch": int(last.sum())}
    cost = {"within_days": world.CHANNEL_DAYS, "orders": int(bought.sum()), "zero_effect_most_credit": world.CHANNELS[world.BRAND]}
    return {"channels": told, **cost}


def leaving_truth(drawn: Drawn) -> dict[str, Any]:
    """Log-odds of deciding to leave in a week, and who decided when.  A leaver fades for two weeks, then never comes again."""
    weeks = drawn.diary.read("weeks")
    left = np.flatnonzero(drawn.state.left < drawn.days)
    return {
        "log_odds": dict(world.LEAVING),
        "decided_on": "Mondays, from the 28th day, by customers registered for a week or longer",
        "drivers": {
            "weeks_since_visit": "days since the day of the last visit / 7, at most 4; 4 where there was none",
            "low_csat_28d": "Ticket closed with csat 1 or 2 on one of the 28 days before",
            "refund_refused_28d": "Refund refused on one of the 28 days before",
            "late_delivery_28d": "Delivered with delay_days > 0 on one of the 28 days before",
            "first_order_with_coupon": "the first Purchase has a coupon",
            "plus": "Plus started and not cancelled",
            "orders_up_to_4": "number of Purchases, at most 4",
            "called_back_28d": "Call back on one of the 28 days before",
        },
        "fade_days": world.FADE_DAYS,
        "fade_rate": world.FADE_RATE,
        "customer_weeks": len(weeks["person"]),
        "weekly_share": _share(weeks["left"]),
        "best_possible_auc": _auc(weeks["hazard"], weeks["left"]),
        "left": {_name(person): _date(drawn.days, drawn.state.left[person]) for person in left.tolist()},
    }


def _auc(score: np.ndarray, hit: np.ndarray) -> float | None:
    """How often one who left in a week had the higher hazard than one who stayed: no model can do better on average."""
    hits = int(hit.sum())
    if hits in (0, len(hit)):
        return None
    _, place, same = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(same) - (same - 1) / 2)[place]
    return float((rank[hit].sum() - hits * (hits + 1) / 2) / (hits * (len(hit) - hits)))


def ticket_truth(drawn: Drawn) -> dict[str, Any]:
    """What each ticket is about, by its id; the log holds only its text."""
    written = drawn.known.filter(pl.col("event") == "Support ticket")["ticket"].sort().to_list()
    intent = drawn.tickets["intent"]
    return {"intents": list(INTENTS), "intent": {ticket: INTENTS[intent[int(ticket[2:]) - 1]] for ticket in written}}


def experiment_truth(drawn: Drawn, number: int) -> dict[str, Any]:
    """The planted effect, and who was assigned, exposed, and bought in an exposed visit or after it while the test ran."""
    name, test = list(world.EXPERIMENTS.items())[number]
    people = drawn.people
    exposures = drawn.known.filter(pl.col("experiment") == name).group_by("person").agg(pl.col("ts").min().alias("exposed"))
    stop = pl.lit(world.first_day(drawn.days) + timedelta(days=test.start_day + test.days))
    orders = drawn.known.filter((pl.col("event") == "Purchase") & (pl.col("ts") < stop)).select("person", "ts")
    after = exposures.join(orders, on="person").filter(pl.col("ts") >= pl.col("exposed"))["person"].unique().to_numpy()
    exposed = exposures["person"].to_numpy()
    arm = people.arms[number]
    return {
        "exposed_at": test.at,
        "start": _date(drawn.days, test.start_day),
        "stop": _date(drawn.days, test.start_day + test.days),
        "intended_split": test.split,
        "effect_on_checkout": test.effect,
        "kind": "A/B" if test.effect else "broken split" if test.lost_on_mobile else "A/A",
        "carts_to_checkout": _carts_to_checkout(drawn, number),
        "exposures_lost": {"arm": world.ARMS[1], "device": "mobile", "share": test.lost_on_mobile},
        "people": {
            label: {"exposed": int((arm[exposed] == code).sum()), "bought": int((arm[after] == code).sum())}
            for code, label in enumerate(world.ARMS)
        },
    }


def _carts_to_checkout(drawn: Drawn, number: int) -> dict[str, Any]:
    """Realised while the test ran: visits with a cart, and the share that went on, of all and of those registered before.

    The planted effect is on the latter: one in five newcomers will not sign up, and orders that an action brings go on anyway.
    """
    test, visits = list(world.EXPERIMENTS.values())[number], drawn.visits
    carts = test.running(visits["day"]) & (visits["depth"] > BROWSED)
    known = (drawn.state.signed_up[visits["person"]] < visits["day"]) & (visits["response"] < 0)
    goes_on, arm = visits["depth"] >= CHECKED_OUT, drawn.people.arms[number, visits["person"]]
    told: dict[str, Any] = {}
    for code, label in enumerate(world.ARMS):
        here = carts & (arm == code)
        told[label] = {"carts": int(here.sum()), "share": _share(goes_on[here])}
        told[label] |= {"carts_of_registered": int((here & known).sum()), "share_of_registered": _share(goes_on[here & known])}
    return told


def identity_truth(drawn: Drawn) -> dict[str, Any]:
    """How many ids are how many people, and how many customers a sound merge comes to."""
    seen = drawn.known.filter(pl.col("anonymous_id").is_not_null())
    pairs = seen.filter(pl.col("customer").is_not_null()).select("anonymous_id", "customer").unique()
    humans = seen.filter(pl.col("person").is_not_null())
    owners = humans.group_by("anonymous_id").agg(pl.col("person").n_unique().alias("people"))
    customers = drawn.known["customer"].drop_nulls().n_unique()
    anonymous = seen["anonymous_id"].n_unique()
    linked = pairs["anonymous_id"].n_unique()
    shared = owners.filter(pl.col("people") > 1)["anonymous_id"].sort()
    return {
        "people_seen": int(drawn.known["person"].drop_nulls().n_unique()),
        "customer_ids": customers,
        "anonymous_ids": anonymous,
        "anonymous_ids_that_log_in": linked,
        "customers_after_merging": customers + anonymous - linked,
        "shared_devices": shared.to_list(),
        "people_with_several_devices": humans.group_by("person")
        .agg(pl.col("anonymous_id").n_unique().alias("n"))
        .filter(pl.col("n") > 1)
        .height,
    }


def noise_truth(drawn: Drawn) -> dict[str, Any]:
    bots = drawn.known.filter(pl.col("person").is_null())["anonymous_id"].unique().sort()
    late = drawn.known["ts"].diff().dt.total_milliseconds() < 0
    return {"bots": bots.to_list(), "events_per_bot": BOT_EVENTS, "bots_planted": BOTS, "steps_back_in_file": int(late.sum())}


def revenue_truth(drawn: Drawn) -> dict[str, Any]:
    """Sums of the revenue that the log holds, in EUR; refunds are negative."""
    sums = drawn.known.filter(pl.col("revenue").is_not_null()).group_by("event").agg(pl.col("revenue").sum().round(2), pl.len())
    by_event = {event: {"revenue": amount, "events": rows} for event, amount, rows in sums.sort("event").iter_rows()}
    return {"by_event": by_event, "net": round(sum(found["revenue"] for found in by_event.values()), 2)}
