"""The ledger of actions under ten thousand random calls, and killed in the middle of writing.

The first part closes and opens the workspace in between and compares every answer with what a second ledger, in memory,
foretells.  The second starts a process that does the same on a workspace, kills it without warning, and looks whether the
tables hold all that had been answered by then and at most the one call more that was under way.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from journey.warehouse import open_warehouse
from tests.actions.ledger_model import Operation, World, perform
from tests.actions.ledger_proof import breaches, differences, prepared, tried

CALLS, SEED, KILLS = 10_000, 7, 25
LONGEST_WAIT_S = 120.0


def prove() -> None:
    """Print what was done, and what was lost, repeated or forbidden: nothing, or it stops with what differs."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        counts = tried(Path(folder) / "calls", CALLS, SEED)
        told = ", ".join(f"{count:,} {what}" for what, count in counts.items())
        print(f"{CALLS:,} calls in {time.perf_counter() - began:.0f} s: {told}.")
        print("Every answer as foretold; nothing lost, nothing repeated, no guardrail passed.", flush=True)
        began = time.perf_counter()
        kept, lost = kill(Path(folder), KILLS, SEED)
        print(
            f"Killed {KILLS} times in {time.perf_counter() - began:.0f} s: all that had been answered was there each time; the call under"
        )
        print(f"way was there whole {kept} times and not at all {lost} times, and nothing was there by halves.")


def kill(folder: Path, times: int, seed: int) -> tuple[int, int]:
    """Kill a process that writes so often -> (calls under way that were there afterwards, those that were not).

    Raises: AssertionError: something that was answered is gone, or a call was there by halves.
    """
    workspace, rng = folder / "killed", random.Random(seed)
    prepared(workspace).close()
    calls = kept = 0
    for turn in range(times):
        calls += _until_killed(workspace, folder / f"told {turn}", seed, calls, rng)
        world, drawn = replayed(seed, calls)
        with open_warehouse(workspace) as con:
            if differences(con, world):
                world.apply(world.next(drawn))
                calls, kept = calls + 1, kept + 1
            assert not (told := differences(con, world) + breaches(con)), (turn, calls, told)
    print(f"{calls:,} calls were made in between, which left {len(world.log):,} steps.")
    return kept, times - kept


def _until_killed(workspace: Path, told: Path, seed: int, calls: int, rng: random.Random) -> int:
    """How many calls it had been answered when it was killed: a moment after the tenth, whatever it was doing."""
    told.touch()
    process = subprocess.Popen([sys.executable, "-m", "bench.ledger", str(workspace), str(told), str(seed), str(calls)])
    try:
        until = time.monotonic() + LONGEST_WAIT_S
        while told.stat().st_size < 10 and process.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        assert process.poll() is None, "the process ended by itself"
        time.sleep(rng.random() * 0.3)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    return told.stat().st_size


def replayed(seed: int, calls: int) -> tuple[World, random.Random]:
    """The model after so many calls, and the dice as they lie then."""
    world, rng = World(), random.Random(seed)
    for _ in range(calls):
        world.apply(world.next(rng))
    return world, rng


def work(workspace: Path, told: Path, seed: int, calls: int) -> None:
    """Go on after so many calls until killed; each that was answered is one more byte of the file."""
    world, rng = replayed(seed, calls)
    con = open_warehouse(workspace)
    answered = os.open(told, os.O_WRONLY | os.O_APPEND)
    while True:
        done: Operation = world.next(rng)
        world.apply(done)
        if done["do"] == "reopen":
            con.close()
            con = open_warehouse(workspace)
        else:
            perform(con, done)
        os.write(answered, b".")


if __name__ == "__main__":
    work(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
