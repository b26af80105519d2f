"""Whether 30% means 30%: cases that were given about the same chance, and in how many of them it came true."""

from dataclasses import dataclass
from typing import Any

from journey.inference import Interval, wilson


@dataclass(frozen=True)
class Bin:
    """Cases given about the same chance.  predicted: its mean; came: of n, in which it came true; lowest, highest: the chances."""

    n: int
    came: int
    predicted: float
    lowest: float
    highest: float

    @property
    def share(self) -> float:
        return self.came / self.n

    @property
    def interval(self) -> Interval | None:
        return wilson(self.came, self.n)

    def as_plain(self) -> dict[str, Any]:
        interval = None if self.interval is None else list(self.interval)
        return {"n": self.n, "came": self.came, "predicted": self.predicted, "share": self.share, "interval": interval}
