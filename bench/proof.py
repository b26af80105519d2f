"""python -m bench.proof NAME: a long proof on simulated data whose truth is known, and the figures it comes to."""

import argparse
from importlib import import_module

PROOFS = {
    "checks": "bench.experiments_checks",  # how often the checks of experiments speak where nothing, and where something, is wrong
    "delivery": "bench.delivery",  # each approved proposal is accepted once, whatever is killed
    "experiments": "bench.experiments",  # how often a difference is called where there is none, how often intervals hold
    "ledger": "bench.ledger",  # nothing is lost or repeated and no guardrail passed, by random calls and by kills
    "policy": "bench.policy",  # what is chosen is worth more than rules or dice, and its estimated value holds
    "uplift": "bench.uplift",  # whom the mails of Hillstrom help, and what public logs say of other policies
}
"""Name -> the module whose `prove()` runs it and prints what it found."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.proof", description=__doc__)
    parser.add_argument("name", choices=sorted(PROOFS))
    import_module(PROOFS[parser.parse_args().name]).prove()


if __name__ == "__main__":
    main()
