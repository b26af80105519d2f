"""python -m bench [--events N]: loading, then questions beside ClickHouse and Polars, in one run."""

import argparse

from bench import answers, load

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    chosen = parser.parse_args()
    load.report(chosen.events)
    answers.report(chosen.events)
