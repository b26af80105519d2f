"""Models that are kept: trained beside the one in use, put in use where they win, rolled back by one call, proved on a card.

train(con)                  learn every named prediction, put winners in use, score everybody
score(con)                  score everybody anew with the models in use
model_cards(con)            what a person should know of each
roll_back(con, "churn")     the version in use before
"""

from journey.predict.store.cards import Kept, ModelCard, model_cards
from journey.predict.store.drifting import Drifted, DriftReport
from journey.predict.store.looking import chance_of
from journey.predict.store.question import Models, ModelsQuestion, measure_models, models_customers, read_models
from journey.predict.store.record import Proved, Record, kept_record
from journey.predict.store.scoring import forget_scores, roll_back, score
from journey.predict.store.states import Change, champion, champions, history
from journey.predict.store.train import Trained, train

__all__ = [
    "Change",
    "DriftReport",
    "Drifted",
    "Kept",
    "ModelCard",
    "Models",
    "ModelsQuestion",
    "Proved",
    "Record",
    "Trained",
    "champion",
    "champions",
    "chance_of",
    "forget_scores",
    "history",
    "kept_record",
    "measure_models",
    "model_cards",
    "models_customers",
    "read_models",
    "roll_back",
    "score",
    "train",
]
