"""What the log says of the inputs: measured with its interval where it can be, assumed and said to be so where not.

read_inputs(plain) -> InputsQuestion        measure_inputs(con, question, scope) -> Inputs
inputs_customers(con, question, scope, {"input": "customers"}) -> who was counted
"""

from journey.roi.log.measure import inputs_customers, measure_inputs
from journey.roi.log.question import InputsQuestion, read_inputs

__all__ = ["InputsQuestion", "inputs_customers", "measure_inputs", "read_inputs"]
