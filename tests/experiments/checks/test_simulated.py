"""The checks on drawn experiments: silent where nothing is the matter, and not where something is.

`python -m bench.proof checks` does the same a thousand times.
"""

from bench.experiments_checks import found, spoken


def test_clean_experiments_seldom_make_a_check_speak() -> None:
    """8 experiments, 19 checks each: at one in a hundred one or two of 152 are to be expected."""
    told = spoken(8, n=1_500, seed=5)
    assert len(told) == 19
    assert sum(one.hits for one in told.values()) <= 6


def test_planted_faults_are_found() -> None:
    assert {fault: one.hits for fault, one in found(2, n=6_000).items()} == dict.fromkeys(
        [
            "40% of one variant lost on phones: named",
            "an effect of +60% that is gone after a week: said",
            "shared dice: said",
        ],
        2,
    )
