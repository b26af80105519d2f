"""How customers make the journeys that were meant for them: how many complete them, how fast, and where they leave the way.

Counted are customers.  A journey is a list of milestones in order with a window; the catalog journeys.toml names them.
Each customer begins a journey once in a scope, with the first event of its first milestone there.  A known limit: a
second attempt after the first one's window is not seen.

    measure_journeys(con, question, scope) -> Journeys            how many complete each journey, how fast, the largest leak
    measure_conformance(con, question, scope) -> Conformance      who follows one journey, where the others leave it
    measure_adoption(con, question, scope) -> Adoption            who uses which feature, how deeply, and whether they stay
    measure_effect(con, question, scope) -> Effect                what adopting one feature goes with for another
    each with a ..._customers(con, question, scope, mark) -> People
"""

from journey.journeys.adoption import adoption_customers, measure_adoption
from journey.journeys.adoption_question import AdoptionQuestion, EffectQuestion, read_adoption, read_effect
from journey.journeys.adoption_result import Adoption, Feature
from journey.journeys.catalog import Journey, Milestone, as_text, fit_journeys, journeys_in_force, read_journeys_catalog
from journey.journeys.conformance import conformance_customers, measure_conformance
from journey.journeys.conformance_result import Conformance, Deviation, Loop, Rework
from journey.journeys.effect import Effect, effect_customers, measure_effect
from journey.journeys.measure import journeys_customers, measure_journeys
from journey.journeys.question import PREVIOUS, ConformanceQuestion, JourneysQuestion, read_conformance, read_journeys
from journey.journeys.result import Journeys, Passed, Timing, Told, Velocity

__all__ = [
    "PREVIOUS",
    "Adoption",
    "AdoptionQuestion",
    "Conformance",
    "ConformanceQuestion",
    "Deviation",
    "Effect",
    "EffectQuestion",
    "Feature",
    "Journey",
    "Journeys",
    "JourneysQuestion",
    "Loop",
    "Milestone",
    "Passed",
    "Rework",
    "Timing",
    "Told",
    "Velocity",
    "adoption_customers",
    "as_text",
    "conformance_customers",
    "effect_customers",
    "fit_journeys",
    "journeys_customers",
    "journeys_in_force",
    "measure_adoption",
    "measure_conformance",
    "measure_effect",
    "measure_journeys",
    "read_adoption",
    "read_conformance",
    "read_effect",
    "read_journeys",
    "read_journeys_catalog",
]
