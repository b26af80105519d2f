"""Which one action is most worth its cost for a customer, if any, how sure that is, and what would change it?

Counted is one customer at a moment.  Doing nothing is always a candidate.  Known limit: an effect is that of customers of
the same stage on average, so two customers differ by what they are worth and by what is forbidden, and not by luck.
"""

from journey.actions.choose.draw import NOTHING, Chosen, Options, best_by_mean, choose_many

__all__ = ["NOTHING", "Chosen", "Options", "best_by_mean", "choose_many"]
