"""Several things that could be done, ranked by what each brings per unit of effort, and which of them cannot be told apart.

read_options(plain) -> OptionsQuestion        measure_options(con, question, scope) -> Options
"""

from journey.roi.options.measure import measure_options, options_customers
from journey.roi.options.question import OptionsQuestion, read_options
from journey.roi.options.result import Option, Options

__all__ = ["Option", "Options", "OptionsQuestion", "measure_options", "options_customers", "read_options"]
