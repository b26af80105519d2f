"""python -m bench: what loading, the index and every question take, beside other tools, in one run."""

import argparse
import signal
import sys

from bench import memory, report


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--types", type=int, nargs="+", default=[30, 500], help="how many event types; a log for each")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--only", default="", help="only questions with this in their name")
    parser.add_argument("--memory", action="store_true", help="peak memory instead: the index alone, then loading file by file")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the folders are removed then, too
    if chosen.memory:
        memory.report(chosen.events, chosen.types[0])
    else:
        report.report(chosen.events, chosen.types, chosen.runs, chosen.only)


if __name__ == "__main__":
    main()
