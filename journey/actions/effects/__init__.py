"""What does each action add to the chance of its outcome, and what is one outcome worth?

Counted are decisions: a customer on whom an action was done, or by the same dice nothing.  Measured effects come first (our
own proposals against their holdout, and campaigns of the log that were drawn at random), then stated assumptions, then what
came of trying.  Known limit: an effect is of those who were decided on then; it says nothing of customers unlike them.
"""

from journey.actions.effects.effect import Effect, Effects
from journey.actions.effects.measure import effects_of
from journey.actions.effects.worth import worths

__all__ = ["Effect", "Effects", "effects_of", "worths"]
