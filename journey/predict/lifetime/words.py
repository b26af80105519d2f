"""A forecast of value in words: how it was made, what it lacks, and what to beware of."""

from journey.predict.lifetime.bound import Bound
from journey.predict.lifetime.dropout import BG_NBD
from journey.predict.lifetime.forecast import Fitted
from journey.predict.lifetime.holdout import NOBODY
from journey.predict.lifetime.question import LifetimeQuestion
from journey.predict.lifetime.result import Holdout
from journey.scope import Scope

FEWEST_DAYS, FEWEST, FEWEST_AGAIN = 90, 1_000, 100
CORRELATED = 0.3
TITLES = {"bg_nbd": "BG/NBD", "mbg_nbd": "MBG/NBD", "pareto_nbd": "Pareto/NBD"}


def enough(bound: Bound) -> tuple[str, ...]:
    """What these histories lack for a forecast, a sentence each; () where they lack nothing."""
    rows, found = bound.rows, []
    days = bound.cut - int(rows["first_day"].min() or 0) if rows.height else 0  # type: ignore[arg-type]
    again = int((rows["x"] > 0).sum())
    if days < FEWEST_DAYS:
        found.append(f"{days:,} of {FEWEST_DAYS} days of orders needed.")
    if rows.height < FEWEST:
        found.append(f"{rows.height:,} of {FEWEST:,} customers needed have ordered.")
    if again < FEWEST_AGAIN:
        found.append(f"{again:,} of {FEWEST_AGAIN} customers needed have ordered on a second day.")
    return tuple(found)


def warn(bound: Bound, fitted: Fitted, held: Holdout | None) -> tuple[str, ...]:
    """What to beware of in this forecast."""
    rows, found = bound.rows, []
    once = int((rows["x"] == 0).sum())
    if fitted.model.name == BG_NBD.name and once:
        found.append(
            f"BG/NBD takes {once:,} customers with one order only as certainly still there (p_alive is 1): by it one may leave only "
            "after a further order. Their expected orders are low all the same; mbg_nbd and pareto_nbd take another view of them."
        )
    if fitted.fit.steadied:
        found.append(
            "The data alone do not settle every parameter (as when hardly anyone is seen to leave), so a weak prior was added: logarithms "
            "normal about a usual start, standard deviation 2."
        )
    if fitted.fit.covariance is None:
        found.append("The likelihood has no settled peak, so there are no intervals; read values as an order only.")
    spend = fitted.spend
    if spend is not None and spend.correlation is not None and abs(spend.correlation) > CORRELATED:
        way = "more" if spend.correlation > 0 else "less"
        found.append(
            f"Who orders more often spends {way} per order (correlation {spend.correlation:.2f}); the model takes the two as unrelated."
        )
    if held is not None and held.within is False:
        side = "more" if held.orders > held.total.expected else "fewer"
        found.append(f"In the check {side} orders came than the 95% interval allowed: the intervals here are too narrow.")
    worth = None if held is None or held.worth is None else held.worth.interval
    if held is not None and worth is not None and held.value is not None and not worth[0] <= held.value <= worth[1]:
        side = "more" if held.value > worth[1] else "less"
        found.append(f"In the check orders brought {side} than the 95% interval of their value allowed.")
    if held is not None and (better := [one.name for one in held.baselines if one.name != NOBODY and one.rmse < held.model.rmse]):
        found.append(f"In the check, {' and '.join(better)} foretold single customers better than the model.")
    return tuple(found)


def define(question: LifetimeQuestion, scope: Scope, bound: Bound) -> str:
    who = "Customers" if scope.segment is None else "Customers of the segment as of the calibration's end"
    worth = (
        f"their value these times what an order of {bound.orders.value} is worth (Gamma-Gamma over orders after the first"
        + (", less the usual part that is refunded)" if bound.orders.refund else ")")
        if bound.valued
        else "nothing says what an order is worth"
    )
    return (
        f"{who} who ordered ({bound.label}) before the calibration's end, exclusive; one order per customer and day in "
        f"{scope.timezone}, age to the last day before it; the first order this log holds is taken as the first ever. Expected orders "
        f"of the {question.horizon} days from there by {TITLES[question.model]} (time in {question.period}s), maximum likelihood; "
        f"{worth}. A customer's interval is 95% of what is expected of them, from what is not known of the parameters; that of a total "
        "is 95% of what will come, chance included. Both take for granted that the model holds."
    )
