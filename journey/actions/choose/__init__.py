"""Which one action is most worth its cost for a customer, if any, how sure that is, and what would change it?

Counted is one customer at a moment.  Doing nothing is always a candidate.  Known limit: an effect is that of customers of
the same stage on average, so two customers differ by what they are worth and by what is forbidden, and not by luck.

    measure_next_action(con, question, scope) -> Card       propose_for(con, scope, run=.., rng=..) -> proposals for everybody due
    choose_many(options, rng) -> Chosen                     without a workspace, for proofs
"""

from journey.actions.choose.candidate import Candidate, Situation, candidates
from journey.actions.choose.card import Card, RunnerUp
from journey.actions.choose.decide import Decision, decide
from journey.actions.choose.draw import NOTHING, Chosen, Options, best_by_mean, choose_many
from journey.actions.choose.measure import measure_next_action, next_action_customers
from journey.actions.choose.propose import Proposing, Wanted, propose_for, proposing_for
from journey.actions.choose.question import NextQuestion, read_next_action
from journey.actions.choose.reasons import Reason

__all__ = [
    "NOTHING",
    "Candidate",
    "Card",
    "Chosen",
    "Decision",
    "NextQuestion",
    "Options",
    "Proposing",
    "Reason",
    "RunnerUp",
    "Situation",
    "Wanted",
    "best_by_mean",
    "candidates",
    "choose_many",
    "decide",
    "measure_next_action",
    "next_action_customers",
    "propose_for",
    "proposing_for",
    "read_next_action",
]
