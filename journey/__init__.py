"""Customer-journey analytics on one machine.  A map of the rooms, in the order that data passes them.

Ground     errors, inference, scope, answers, periods, catalogs, schema.sql, warehouse: what every room stands on
Facts      ingest (files to events), identity (ids to people), timeline (events in order, sessions), rules (segments),
           index (sorted arrays over all events)
Between    occurrences: which rows of the index a step, a scope or a property names; features: what was known of each
           customer on a day, blind to what came later
Answers    funnels, paths, retention, lifecycle, sessions, metrics, stages, journeys, segments: each asks one question of
           the facts, by the index (by_index.py, kernel.py) where it can, by its definition in SQL where it cannot;
           predict: what customers will do, proved on later ones, in models that are kept
Together   customer (all that is known of one), worklist (whom to see to first): what several answers say at once;
           actions: what to do next for each, why, what became of it and whether it worked; experiments: did it work;
           roi: is it worth it
Faces      charts: an answer in, a figure out
Doors      ask (plain data in, plain data out), cli (python -m journey), demo (a simulated shop whose truth is known),
           serve (what app.py puts around the pages)

A room is entered by what its __init__ names in __all__, or by its public functions.  Imports point down this list, never up or sideways.
"""
