"""What an experiment's units did: from exposures in the events, from a table of units, or from sums.

The unit is the customer, or what a property of the exposure names.  A unit seen in more than one variant is left out and
counted.  Known limit: who was assigned a variant but never came to where it shows is not in the log, and not in the reading.
"""

from journey.experiments.read.exposure import Exposure, Seen, experiments_in, exposures, keep_exposure, read_exposure
from journey.experiments.read.found import changes_of, units_of
from journey.experiments.read.measure import measure_experiment
from journey.experiments.read.metrics import metric_plain, read_metric, read_metrics
from journey.experiments.read.people import experiment_customers
from journey.experiments.read.question import ExperimentQuestion, read_experiment
from journey.experiments.read.table import table_rows
from journey.experiments.read.usual import usual_metrics

__all__ = [
    "ExperimentQuestion",
    "Exposure",
    "Seen",
    "changes_of",
    "experiment_customers",
    "experiments_in",
    "exposures",
    "keep_exposure",
    "measure_experiment",
    "metric_plain",
    "read_experiment",
    "read_exposure",
    "read_metric",
    "read_metrics",
    "table_rows",
    "units_of",
    "usual_metrics",
]
