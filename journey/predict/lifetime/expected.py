"""What each customer is expected to bring: the value at stake, for whoever ranks customers by it."""

from bisect import bisect_right

import polars as pl

from journey.errors import QuestionError
from journey.predict.lifetime.bound import bind, days_of, orders_of
from journey.predict.lifetime.forecast import ends, expect, fit_model
from journey.predict.lifetime.question import LifetimeQuestion
from journey.predict.lifetime.words import enough
from journey.scope import Scope
from journey.warehouse import Warehouse

DAY_MS = 86_400_000


def expected_values(con: Warehouse, as_of: int | None, horizon: int, scope: Scope = Scope()) -> pl.DataFrame | str:  # noqa: B008
    """Expected value over the horizon of every customer who ordered before a moment; or a sentence why nobody can say.

    as_of: ms; what its day and later days hold is not read; None for the data's end.  horizon: whole days.
    Columns: id, value (the workspace's currency), lower, upper: 95% of what is expected, from what is not known of the
    parameters (null where the likelihood has no settled peak).  Who never ordered has no row.
    """
    bounds = days_of(con, scope)
    if bounds is None:
        return "No events are loaded, so nobody has ordered."
    question = LifetimeQuestion(horizon=horizon)
    try:
        orders_of(con, question)
    except QuestionError as fault:
        return str(fault)
    cut = len(bounds) - 1 if as_of is None or as_of >= bounds[-1] else bisect_right(bounds, as_of) - 1
    if cut < 1:
        return "No day of the data lies before this moment."
    bound = bind(con, question, scope, bounds, cut)
    missing = enough(bound)
    if missing:
        return f"Too little is known to expect a value: {' '.join(missing)}"
    fitted = fit_model(bound, question)
    found = expect(fitted, horizon)
    if found.value is None or found.value_log_se is None:
        return fitted.unvalued or "Nothing says what an order is worth."
    lower, upper = ends(found.value, found.value_log_se)
    frame = pl.DataFrame({"id": bound.rows["id"], "value": found.value, "lower": lower, "upper": upper})
    return frame.with_columns(pl.selectors.float().fill_nan(None))
