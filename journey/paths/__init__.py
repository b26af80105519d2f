"""Which ways do customers take between events, and which event follows which?

`measure_paths` answers with columns, links and whole ways; `measure_transitions` with counts of adjacent pairs;
`measure_loops` with returns to an event; `paths_customers`, `transitions_customers` and `loops_customers` with the people
behind a mark of theirs.
"""

from journey.paths.difference import ComparedLink, ComparedNode, Comparison, Part
from journey.paths.loops import Loop, Loops, loops_customers, measure_loops
from journey.paths.matrix import Cell, Matrix, measure_matrix
from journey.paths.paths import Link, Node, Path, Paths, measure_paths, paths_customers
from journey.paths.question import LoopsQuestion, PathsQuestion, TransitionsQuestion, read_loops, read_paths, read_transitions
from journey.paths.transitions import Edge, Transitions, measure_transitions, transitions_customers
from journey.paths.usual import anchor_names, common_events, event_properties, lone_sessions, usual_start, usual_unit
from journey.paths.vocabulary import DROP_OFF, END, OTHER, START, matched_by
from journey.paths.ways import Way

__all__ = [
    "DROP_OFF",
    "END",
    "OTHER",
    "START",
    "Cell",
    "ComparedLink",
    "ComparedNode",
    "Comparison",
    "Edge",
    "Link",
    "Loop",
    "Loops",
    "LoopsQuestion",
    "Matrix",
    "Node",
    "Part",
    "Path",
    "Paths",
    "PathsQuestion",
    "Transitions",
    "TransitionsQuestion",
    "Way",
    "anchor_names",
    "common_events",
    "event_properties",
    "lone_sessions",
    "loops_customers",
    "matched_by",
    "measure_loops",
    "measure_matrix",
    "measure_paths",
    "measure_transitions",
    "paths_customers",
    "read_loops",
    "read_paths",
    "read_transitions",
    "transitions_customers",
    "usual_start",
    "usual_unit",
]
