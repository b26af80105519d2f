"""What a real log also holds: bots, events sent twice, events that arrive late and stand out of order."""

import numpy as np
import polars as pl

from journey.demo import world

BOTS, BOT_EVENTS, BOT_GAP_MS = 5, 2_600, 800
TWICE_SHARE, OFFLINE_SHARE = 0.0006, 0.25


def bot_rows(devices: int, midnight: np.ndarray, rng: np.random.Generator) -> pl.DataFrame:
    """Five ids that look at a product every 0.8 seconds for half an hour of one night, never late and never tired."""
    rows = []
    for bot in range(BOTS):
        night = midnight[0, int(rng.integers(10, midnight.shape[1] - 1))]
        turn = np.arange(BOT_EVENTS)
        product = turn % len(world.PRODUCT_NAMES)
        rows.append(
            pl.DataFrame(
                {
                    "device_no": np.full(BOT_EVENTS, devices + bot),
                    "ts": night + 3_600_000 + turn * BOT_GAP_MS,
                    "product": pl.Series(world.PRODUCT_NAMES).gather(product),
                    "category": pl.Series(world.CATEGORIES).gather(product // world.PER_CATEGORY),
                }
            ).with_columns(event=pl.lit("Product page"), device=pl.lit("desktop"), channel=pl.lit("Direct"), identified=pl.lit(False))
            .with_columns(touch=pl.when(pl.int_range(BOT_EVENTS) == 0).then(pl.lit("Direct")))
        )  # fmt: skip
    return pl.concat(rows)


def twice(site: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Rows that a page sent twice, identical to the first."""
    looks = site.filter(pl.col("event").is_in(["Home", "Search", "Product page"]) & pl.col("touch").is_null())
    return looks.filter(rng.random(looks.height) < TWICE_SHARE)


def arrivals(events: pl.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """(events,) ms at which each row reached the log: a quarter of the app's visits and one in 200 others come hours late."""
    row = events["visit"].fill_null(0).to_numpy()
    visits = int(row.max(initial=0)) + 1
    delay = (rng.exponential(7 * 3_600_000, visits) + 60_000).astype(np.int64)
    offline, odd = rng.random(visits) < OFFLINE_SHARE, rng.random(visits) < 0.005
    app = (events["device"] == "app").fill_null(False).to_numpy()
    on_site = events["visit"].is_not_null().to_numpy()
    return events["ts"].to_numpy() + np.where(on_site & (odd[row] | (app & offline[row])), delay[row], 0)
