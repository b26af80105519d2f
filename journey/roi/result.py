"""What something brings over the months: net of its cost, how sure that is, when it is back, and what would have to be true."""

from dataclasses import dataclass
from typing import Any

from journey.answers import Evidence
from journey.inference import Interval
from journey.roi.inputs import NAMED
from journey.roi.question import RoiQuestion


@dataclass(frozen=True)
class Month:
    """One month, from 0, which holds the set-up alone.

    benefit, cost, flow (benefit - cost): at central values, in that month's money.  cumulative: of the flows until its end;
    discounted: the same in today's money.  p10, p50, p90: of `discounted` over the draws.  losing: share of draws whose flow
    is below 0 in this month.
    """

    month: int
    benefit: float
    cost: float
    flow: float
    cumulative: float
    discounted: float
    p10: float
    p50: float
    p90: float
    losing: float

    def as_plain(self) -> dict[str, Any]:
        return {key: getattr(self, key) for key in self.__dataclass_fields__}


@dataclass(frozen=True)
class Payback:
    """When what was spent is back for good, in money that is not discounted.

    month: at central values; a whole month, counted from 1, of the preset a part of one; None where it is not within the
    months, and `why` says why.  share: of the draws that are back within the months; p10, median, p90: month among all
    draws, None where that draw is not back: a draw that never is counts as later than all.
    """

    month: float | None
    why: str
    share: float
    p10: float | None
    median: float | None
    p90: float | None

    def as_plain(self) -> dict[str, Any]:
        return {key: getattr(self, key) for key in self.__dataclass_fields__}


@dataclass(frozen=True)
class BreakEven:
    """What one input would have to be for the net to be 0, the others central.

    now: its central value.  value: where it crosses, None where it does nowhere within its bounds, and `why` says so.
    needs: at least | at most | "": on which side of it this pays.  chance: share of the draws on the side that pays, by this
    input's own spread; None of a single number.
    """

    input: str
    now: float
    value: float | None
    needs: str
    why: str
    chance: float | None = None

    @property
    def label(self) -> str:
        return NAMED[self.input].label if self.input in NAMED else self.input.capitalize()

    def as_plain(self) -> dict[str, Any]:
        told = {key: getattr(self, key) for key in self.__dataclass_fields__}
        return told | {"label": self.label, "unit": NAMED[self.input].unit if self.input in NAMED else "months"}


@dataclass(frozen=True)
class Swing:
    """The net when one input goes to its low (P10) and to its high (P90) value, the others central."""

    input: str
    low_value: float
    high_value: float
    low: float
    high: float

    @property
    def label(self) -> str:
        return NAMED[self.input].label

    @property
    def width(self) -> float:
        return abs(self.high - self.low)

    def as_plain(self) -> dict[str, Any]:
        return {"input": self.input, "label": self.label, **{k: getattr(self, k) for k in ("low", "high", "low_value", "high_value")}}


@dataclass(frozen=True)
class Drawn:
    """The net over all months, in today's money, over the draws.

    loss: share of the draws that lose; loss_error: standard error of that share, as of independent draws (these are spread
    evenly and err less); loss_interval: 95% for what chance made of it.  mean_error: standard error of the mean, likewise.
    """

    p10: float
    p50: float
    p90: float
    mean: float
    mean_error: float
    loss: float
    loss_error: float
    loss_interval: Interval | None


@dataclass(frozen=True)
class Roi:
    """What is asked, and what comes of it.

    months: from 0, the set-up, to the last.  total: net over all months at central values, in today's money; benefit, cost:
    its two parts.  drawn: the same over the draws.  tornado: the input that matters most first; tornado_is: what its bars
    are.  break_even: lift first.  losing_months: those whose flow at central values is below 0.
    note: what the model leaves out.  currency: of the workspace, None where none is set.
    """

    question: RoiQuestion
    months: tuple[Month, ...]
    total: float
    benefit: float
    cost: float
    drawn: Drawn
    payback: Payback
    break_even: tuple[BreakEven, ...]
    tornado: tuple[Swing, ...]
    tornado_is: str
    note: str
    currency: str | None
    evidence: Evidence

    @property
    def p10(self) -> float:
        return self.drawn.p10

    @property
    def p50(self) -> float:
        return self.drawn.p50

    @property
    def p90(self) -> float:
        return self.drawn.p90

    @property
    def p_loss(self) -> float:
        return self.drawn.loss

    @property
    def monthly(self) -> tuple[float, ...]:
        """Flow of months 1 to the last, at central values."""
        return tuple(one.flow for one in self.months[1:])

    @property
    def losing_months(self) -> tuple[int, ...]:
        return tuple(one.month for one in self.months[1:] if one.flow < 0)

    @property
    def lowest(self) -> float:
        """The most that is ever laid out before it comes back, at central values: 0 or below."""
        return min(0.0, *(one.cumulative for one in self.months))

    @property
    def return_on_cost(self) -> float | None:
        """Net per unit of cost, both in today's money; None where nothing is spent."""
        return self.total / self.cost if self.cost > 0 else None

    @property
    def break_even_lift(self) -> float | None:
        return self.break_even[0].value

    def needed(self, name: str) -> BreakEven:
        """Of one input.  Raises: StopIteration: the model has none of that name."""
        return next(one for one in self.break_even if one.input == name)

    def as_plain(self) -> dict[str, Any]:
        drawn = self.drawn
        return {
            "question": self.question.as_plain(),
            "model": self.question.model,
            "monthly": list(self.monthly),
            "months": [one.as_plain() for one in self.months],
            "total": self.total,
            "benefit": self.benefit,
            "cost": self.cost,
            "return_on_cost": self.return_on_cost,
            "p10": drawn.p10,
            "p50": drawn.p50,
            "p90": drawn.p90,
            "mean": drawn.mean,
            "mean_error": drawn.mean_error,
            "p_loss": drawn.loss,
            "p_loss_error": drawn.loss_error,
            "p_loss_interval": None if drawn.loss_interval is None else list(drawn.loss_interval),
            "payback_month": self.payback.month,
            "why": self.payback.why,
            "payback": self.payback.as_plain(),
            "break_even_lift": self.break_even_lift,
            "break_even": [one.as_plain() for one in self.break_even],
            "tornado": [one.as_plain() for one in self.tornado],
            "tornado_is": self.tornado_is,
            "losing_months": list(self.losing_months),
            "lowest": self.lowest,
            "note": self.note,
            "currency": self.currency,
            **self.evidence.as_plain(),
        }
