"""Did the actions work: what each added against doing nothing, in outcomes, in stages and in money; and which would be worth most.

Counted are decisions whose outcome window is over.  Known limit: of a campaign with many decisions about one customer, what came
of one may be owed to a later one; as that was drawn by the same dice, it blurs the difference and does not bend it.
"""

from journey.actions.results.behind import results_customers
from journey.actions.results.measure import measure_results
from journey.actions.results.question import ResultsQuestion, read_results
from journey.actions.results.result import ActionResult, Compared, Results
from journey.actions.results.what_if import WhatIf, WhatIfQuestion, measure_what_if, read_what_if, what_if_customers

__all__ = [
    "ActionResult",
    "Compared",
    "Results",
    "ResultsQuestion",
    "WhatIf",
    "WhatIfQuestion",
    "measure_results",
    "measure_what_if",
    "read_results",
    "read_what_if",
    "results_customers",
    "what_if_customers",
]
