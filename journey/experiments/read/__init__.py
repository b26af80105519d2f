"""What an experiment's units did: from exposures in the events, from a table of units, or from sums.

The unit is the customer, or what a property of the exposure names.  A unit seen in more than one variant is left out and
counted.  Known limit: who was assigned a variant but never came to where it shows is not in the log, and not in the reading.
"""

from journey.experiments.read.metrics import metric_plain, read_metric, read_metrics

__all__ = ["metric_plain", "read_metric", "read_metrics"]
