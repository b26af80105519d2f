"""Customer-journey analytics on one machine.  A map of the rooms, in the order that data passes them.

Ground     errors, scope, answers, catalogs, schema.sql, warehouse: what every room stands on
Facts      ingest (files to events), identity (ids to people), timeline (events in order, sessions), rules (segments)
Answers    funnels, paths, retention, lifecycle, sessions, metrics, stages: each asks one question of the facts
Faces      charts: an answer in, a figure out
Doors      ask (plain data in, plain data out), cli (python -m journey), demo (a simulated shop whose truth is known)

A room is entered by its public call, named in its module docstring.  Imports point down this list, never up or sideways.
"""
