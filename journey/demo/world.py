"""What is fixed before anything is drawn: the calendar, the catalog, and every parameter of the planted truth.

Truth is written down once, here, and both the simulation and `shop.truth` read it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from journey.scope import read_zone, to_ms

STOP = datetime(2026, 11, 1, tzinfo=UTC)  # fixed, so that screens and tests are the same every day
DAY_MS = 86_400_000


@dataclass(frozen=True)
class Leak:
    """On the device, from start_day for some days, the share that goes from checkout to payment is multiplied by factor."""

    device: str
    start_day: int
    days: int
    factor: float


@dataclass(frozen=True)
class Experiment:
    """Who reaches the page `at` is exposed, from start_day for some days.

    effect: added to the chance of going from cart to checkout in the treatment arm.  split: share meant for control.
    lost_on_mobile: share of the treated whose exposures on phones were never logged.
    """

    at: str
    start_day: int
    days: int
    effect: float = 0.0
    split: float = 0.5
    lost_on_mobile: float = 0.0

    def running(self, day: Any) -> Any:
        """Whether it runs on the day, or on each day of an array."""
        return (day >= self.start_day) & (day < self.start_day + self.days)


ZONES = ("Europe/Berlin", "Europe/Paris", "Europe/London", "Europe/Madrid", "America/New_York", "America/Los_Angeles", "Asia/Tokyo")
COUNTRIES = ("Germany", "France", "United Kingdom", "Spain", "United States", "United States", "Japan")
ZONE_SHARES = (0.30, 0.17, 0.18, 0.10, 0.12, 0.07, 0.06)

DEVICES = ("desktop", "mobile", "tablet", "app")
DEVICE_SHARES = (0.37, 0.46, 0.07, 0.10)

# Direct, ... : how visits start, and what one touch adds to the probability of a cart in a visit of the next 7 days.
CHANNELS = ("Direct", "Organic search", "Brand search", "Newsletter", "Social", "Display", "Affiliate")
CHANNEL_SHARES = (0.33, 0.25, 0.0, 0.15, 0.12, 0.09, 0.06)
CHANNEL_EFFECTS = (0.0, 0.03, 0.0, 0.10, 0.05, 0.12, 0.01)
CHANNEL_DAYS = 7
BRAND = CHANNELS.index("Brand search")
BRAND_FOLLOWS = {"cart": 0.45, "no_cart": 0.03}  # a second visit by brand search, mostly by those who have made up their mind

# The way from cart to order, on a visit with a cart.
TO_CHECKOUT, TO_PAYMENT, TO_PURCHASE = 0.66, (0.84, 0.64, 0.75, 0.82), 0.90
LEAK = Leak(device="mobile", start_day=132, days=14, factor=0.55)

# Log-odds of deciding to leave in a week, for a registered customer, as seen at the start of that week.
LEAVING = {
    "base": -5.2,
    "weeks_since_visit": 0.60,  # 0 to 4
    "low_csat_28d": 1.80,  # a ticket closed with csat 1 or 2
    "refund_refused_28d": 1.40,
    "late_delivery_28d": 1.00,
    "first_order_with_coupon": 0.70,
    "plus": -1.10,
    "orders_up_to_4": -0.20,
    "called_back_28d": -0.90,
}
FADE_DAYS, FADE_RATE, MEMORY_DAYS = 14, 0.35, 28

# Campaign: one action a decision, drawn with these probabilities in the segment; what it adds to the chance of one
# more order within 7 days; what it costs.  Revenue of such an order is log-normal, and `margin` of it is kept.
ACTIONS = ("nothing", "reminder", "voucher", "call back")
ACTION_COSTS = (0.0, 0.1, 1.5, 3.0)
SEGMENTS = ("trouble", "cart", "quiet", "loyal", "other")
PROPENSITIES = {
    "trouble": (0.40, 0.15, 0.15, 0.30),
    "cart": (0.35, 0.35, 0.20, 0.10),
    "quiet": (0.40, 0.25, 0.25, 0.10),
    "loyal": (0.40, 0.30, 0.20, 0.10),
    "other": (0.40, 0.25, 0.25, 0.10),
}
EFFECTS = {
    "trouble": (0.03, 0.02, 0.10, 0.30),
    "cart": (0.05, 0.20, 0.22, 0.12),
    "quiet": (0.02, 0.04, 0.20, 0.08),
    "loyal": (0.06, 0.12, 0.13, 0.08),
    "other": (0.04, 0.035, 0.06, 0.05),
}
MARGIN, CAMPAIGN, HOLDOUT_SHARE = 0.5, "Next step", 0.10
DECIDED = {"trouble": 0.35, "cart": 0.35, "quiet": 0.08, "loyal": 0.35, "other": 0.08}  # a week, share of the segment
RESPONSE_DAYS = 7

EXPERIMENTS = {
    "Short checkout": Experiment(at="Add to cart", start_day=45, days=56, effect=0.20),
    "Larger photos": Experiment(at="Product page", start_day=90, days=42),
    "Free delivery banner": Experiment(at="Product page", start_day=140, days=35, lost_on_mobile=0.40),
}
ARMS = ("control", "treatment")

CATEGORIES = ("Coffee", "Tea", "Kitchen", "Books", "Garden", "Gifts")
PRODUCTS = {
    "Coffee": (("House blend 1 kg", 24.0), ("Espresso beans", 18.0), ("Filter set", 12.0), ("Hand grinder", 49.0), ("Cold brew kit", 35.0)),
    "Tea": (("Green sencha", 14.0), ("Earl grey tin", 11.0), ("Chai mix", 13.0), ("Glass teapot", 32.0), ("Matcha bowl", 27.0)),
    "Kitchen": (("Chef's knife", 59.0), ("Cast iron pan", 45.0), ("Apron", 22.0), ("Cutting board", 29.0), ("Stand mixer", 189.0)),
    "Books": (("Bread at home", 28.0), ("Slow cooking", 26.0), ("The coffee atlas", 34.0), ("Garden year", 24.0), ("Pickles", 19.0)),
    "Garden": (("Herb seeds", 8.0), ("Pruning shears", 31.0), ("Watering can", 27.0), ("Raised bed", 79.0), ("Compost bin", 64.0)),
    "Gifts": (("Gift card", 40.0), ("Breakfast box", 52.0), ("Candle set", 23.0), ("Picnic basket", 74.0), ("Tasting tour", 95.0)),
}
PRODUCT_NAMES = tuple(name for category in CATEGORIES for name, _ in PRODUCTS[category])
PRICES = np.array([price for category in CATEGORIES for _, price in PRODUCTS[category]])
PER_CATEGORY = 5
PLUS_PRICE, PLUS_DAYS = 7.90, 30

WEEKDAYS = np.array([1.05, 1.0, 0.98, 1.0, 0.92, 0.95, 1.18])  # Monday first
HOURS = np.array([3, 2, 1, 1, 1, 2, 5, 9, 11, 11, 11, 12, 15, 13, 11, 11, 12, 14, 17, 21, 24, 22, 14, 7], dtype=float)


def first_day(days: int) -> datetime:
    """The first of `days` days that end at STOP."""
    return STOP - timedelta(days=days)


def midnights(days: int) -> np.ndarray:
    """(zones, days): ms of local midnight, so that a day with a clock change is itself."""
    start = first_day(days).replace(tzinfo=None)
    zones = [read_zone(name) for name in ZONES]
    return np.array([[to_ms((start + timedelta(days=day)).replace(tzinfo=zone)) for day in range(days)] for zone in zones])


def weekday_rhythm(days: int) -> np.ndarray:
    """(days,): how busy each day is against an average one."""
    return WEEKDAYS[(first_day(days).weekday() + np.arange(days)) % 7]


def uplift(action: str, segment: str) -> float:
    """What the action adds to the chance of an order in the segment, against nothing."""
    return EFFECTS[segment][ACTIONS.index(action)] - EFFECTS[segment][0]
