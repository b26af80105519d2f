"""The journey index: sorted arrays over all events, so that a question reads only what it names.

`open_index` gives the index of the present dataset, or None where SQL is to answer.  The arrays and what is made of them
are described in `arrays`; kernels stand beside the questions that they answer (`kernel.py` in each room).
Known limit: customer and time share 62 bits, and rows are numbered by 32.

Names are fetched on first use: asking whether there is an index must not wait for the compiler.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from journey.index.opening import forget_index, index_of, open_index, use_index
from journey.index.pool import CORES, run

if TYPE_CHECKING:
    from journey.index.arrays import END, NONE, PAD, Array, Index, Posting
    from journey.index.build import build_index, load_index, save_index
    from journey.index.columns import Column, customer_column, event_column, numbers
    from journey.index.compiled import inlined, jit

ROOMS = {
    "arrays": ("END", "NONE", "PAD", "Array", "Index", "Posting"),
    "build": ("build_index", "load_index", "save_index"),
    "columns": ("Column", "customer_column", "event_column", "numbers"),
    "compiled": ("inlined", "jit"),
}


def __getattr__(name: str) -> Any:
    for room, names in ROOMS.items():
        if name in names:
            return getattr(import_module(f"journey.index.{room}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "CORES",
    "END",
    "NONE",
    "PAD",
    "Array",
    "Column",
    "Index",
    "Posting",
    "build_index",
    "customer_column",
    "event_column",
    "forget_index",
    "index_of",
    "inlined",
    "jit",
    "load_index",
    "numbers",
    "open_index",
    "run",
    "save_index",
    "use_index",
]
