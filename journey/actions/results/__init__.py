"""Did the actions work: what each added against doing nothing, in outcomes, in stages and in money; and which would be worth most.

Counted are decisions whose outcome window is over.  Known limit: of a campaign with many decisions about one customer, what came
of one may be owed to a later one; as that was drawn by the same dice, it blurs the difference and does not bend it.
"""

from journey.actions.results.behind import results_customers
from journey.actions.results.measure import measure_results
from journey.actions.results.question import ResultsQuestion, read_results
from journey.actions.results.result import ActionResult, Compared, Results

__all__ = ["ActionResult", "Compared", "Results", "ResultsQuestion", "measure_results", "read_results", "results_customers"]
