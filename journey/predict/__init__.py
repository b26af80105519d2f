"""What customers will do: a chance for each, proved on later customers, explained by numbers that add up.

`measure_predict` learns from past dates and scores those of one; `named_predictions` says what may be asked by name.
The libraries that fit and explain take seconds to import; nothing here does until it fits or explains.
"""

from journey.predict.fitted import Fitted, read_fitted
from journey.predict.measure import measure_predict, people_behind, predict_customers
from journey.predict.named import Named, delete_prediction, named_predictions, save_prediction
from journey.predict.outcome import Outcome, read_outcome
from journey.predict.question import PredictQuestion, read_predict
from journey.predict.result import Chance, Prediction, Proof, Scored
from journey.predict.tiers import TIERS, Treated, money, tier_of

__all__ = [
    "TIERS",
    "Chance",
    "Fitted",
    "Named",
    "Outcome",
    "PredictQuestion",
    "Prediction",
    "Proof",
    "Scored",
    "Treated",
    "delete_prediction",
    "measure_predict",
    "money",
    "named_predictions",
    "people_behind",
    "predict_customers",
    "read_fitted",
    "read_outcome",
    "read_predict",
    "save_prediction",
    "tier_of",
]
