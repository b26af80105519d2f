"""What it is worth: assumptions with their spread, month by month, to a profit with its uncertainty.

inputs.py    every number that is put in: its meaning, unit, bounds, and the value that leaves it out
spread.py    how sure an input is; written.py: the forms it may be written in
question.py  the question, checked
draws.py     the futures; model.py: month by month; payback.py: when it is back; turning.py: what would have to be true
story.py     the same net as SQL
measure.py   the one public call; result.py: what is answered
log/         what the log says of each input, or what stands for it
options/     several things that could be done, ranked by what they bring per unit of effort
scenarios.py assumptions kept under a name

read_roi(plain) -> RoiQuestion      model, values: ((name, Spread), ...), months, draws, seed, correlate, name
measure_roi(con, question, scope) -> Roi
    .months      Month(month, benefit, cost, flow, cumulative, discounted, p10, p50, p90, losing), from month 0, the set-up
    .total .benefit .cost .return_on_cost .monthly .losing_months .lowest      at central values (medians)
    .drawn       Drawn(p10, p50, p90, mean, mean_error, loss, loss_error, loss_interval)
    .payback     Payback(month, why, share, p10, median, p90)
    .break_even  BreakEven(input, label, now, value, needs, why, chance), lift first; .break_even_lift
    .tornado     Swing(input, label, low_value, high_value, low, high), the widest first
    .note .currency .evidence
read_inputs, measure_inputs -> Inputs      .assumptions: Assumption(input, label, unit, models, value, interval, spread, low, high,
    step, source "measured|assumed", sentence, n, behind, sql); .of(name); .question(model) makes the question of ROI of them
read_options, measure_options -> Options   .options: Option(rank, name, effort, p10, p50, p90, per_effort, p_loss, payback_month,
    beats_next, told_apart, best); .first: the first and those that cannot be told apart from it
keep_scenario(con, name, plain, by=..), scenarios(con), scenario(con, name), forget_scenario(con, name)
from_interval(estimate, low, high, confidence)   an experiment's result as an input is written
"""

from journey.roi.inputs import INPUTS, KEEP, NAMED, PUBLISHED, SELL, Input
from journey.roi.log import InputsQuestion, inputs_customers, measure_inputs, read_inputs
from journey.roi.log.result import Assumption, Inputs
from journey.roi.measure import currency_of, measure_roi, roi_customers
from journey.roi.options import Option, Options, OptionsQuestion, measure_options, options_customers, read_options
from journey.roi.question import KEYS, PUBLISHED_VALUES, RoiQuestion, read_roi
from journey.roi.result import BreakEven, Drawn, Month, Payback, Roi, Swing
from journey.roi.scenarios import Scenario, forget_scenario, keep_scenario, scenario, scenarios
from journey.roi.spread import Spread
from journey.roi.written import from_interval, read_spread

__all__ = [
    "INPUTS",
    "KEEP",
    "KEYS",
    "NAMED",
    "PUBLISHED",
    "PUBLISHED_VALUES",
    "SELL",
    "Assumption",
    "BreakEven",
    "Drawn",
    "Input",
    "Inputs",
    "InputsQuestion",
    "Month",
    "Option",
    "Options",
    "OptionsQuestion",
    "Payback",
    "Roi",
    "RoiQuestion",
    "Scenario",
    "Spread",
    "Swing",
    "currency_of",
    "forget_scenario",
    "from_interval",
    "inputs_customers",
    "keep_scenario",
    "measure_inputs",
    "measure_options",
    "measure_roi",
    "options_customers",
    "read_inputs",
    "read_options",
    "read_roi",
    "read_spread",
    "roi_customers",
    "scenario",
    "scenarios",
]
