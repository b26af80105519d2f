"""A second ledger, in memory and without any query, that foretells what the real one answers to each operation.

An operation is plain data.  `World.next` draws one from the state so far, `World.apply` takes it and returns what is
to be answered, `perform` asks the real ledger the same.  Drawn with the same seed, the operations are the same again.
"""

import math
import random
from dataclasses import dataclass, field, replace
from typing import Any

from journey.actions.ledger import Proposal, book, decide, expire, forget, mark, proposal_key, withdraw
from journey.errors import QuestionError
from journey.warehouse import Warehouse
from tests.actions.shop import DAY, END, HOUR, NOW, PEOPLE, proposal

BUDGET = "budget = { most = 9.5, within = '7d' }"
CAPS = ((1, DAY), (2, 7 * DAY))
COOLDOWN = {"Mail": 14 * DAY, "Call": 2 * DAY, "Note": DAY}
COST = {"Mail": 0.1, "Call": 3.0, "Note": 0.0}
WAYS = {
    "waiting": {"approved", "rejected", "replaced", "expired", "withdrawn"},
    "held": {"waiting", "rejected", "withdrawn"},
    "approved": {"exported", "sent", "failed", "expired", "withdrawn"},
    "exported": {"sent", "failed"},
    "failed": {"exported", "sent", "expired", "withdrawn"},
}
INTO = {"approved": "approved", "rejected": "rejected", "replaced": "replaced", "released": "waiting"}
OPEN, HANDED = ("waiting", "held", "approved"), ("exported", "sent")
Operation = dict[str, Any]


@dataclass
class Kept:
    """A proposal and its steps: (state, at, by a person)."""

    proposal: Proposal
    steps: list[tuple[str, int, bool]] = field(default_factory=list)

    @property
    def state(self) -> str:
        return self.steps[-1][0]

    @property
    def reached_at(self) -> int | None:
        found: int | None = None
        for state, at, _ in self.steps:
            found = at if state in HANDED and found is None else None if state == "failed" else found
        return found


class World:
    """What the ledger holds, what time it is, and every step that was ever taken, in order."""

    def __init__(self, most: int = 3) -> None:
        self.at, self.turn, self.most = NOW, 0, most  # most: proposals that one call is about
        self.kept: dict[str, Kept] = {}
        self.log: list[tuple[str, str, int, bool]] = []
        self.taken: dict[str, int] = {}  # state -> steps that were ever taken into it, of those forgotten too
        self.used: dict[str, tuple[str, str]] = {}  # key of a step -> (proposal, state)

    # What is drawn.

    def next(self, rng: random.Random) -> Operation:
        self.turn += 1
        self.at += rng.choice((0, 1, HOUR // 2, 2 * HOUR, 5 * HOUR, 9 * HOUR)) if rng.random() > 0.03 else -2 * HOUR
        kind = rng.choices(("book", "decide", "mark", "withdraw", "expire", "reopen", "forget"), (30, 30, 30, 3, 4, 2, 0.2))[0]
        return {"do": kind, "at": self.at, **getattr(self, f"_draw_{kind}")(rng)}

    def _draw_book(self, rng: random.Random) -> Operation:
        run = f"daily {self.turn}"
        return {"proposals": [self._drawn(rng, run) for _ in range(rng.randint(1, self.most))], "run": run}

    def _drawn(self, rng: random.Random, run: str) -> dict[str, Any]:
        """Mostly something that a run would choose: what no guardrail forbids, nor was proposed before."""
        for _ in range(6):
            drawn = {
                "customer": rng.choice(PEOPLE),
                "action": rng.choice(tuple(COST)),
                "occasion": f"{self.at // (36 * HOUR)} {rng.random() < 0.02}",
                "value": rng.choices((3.0, -1.0, math.nan, 1e9, None), (92, 1, 1, 1, 5))[0],
            }
            one = made(drawn, run, self.at)
            if rng.random() < 0.15 or not (self._is_twice(one, self.at) or self.vetoes(one, self.at)):
                break
        return drawn

    def _draw_decide(self, rng: random.Random) -> Operation:
        one = self._some(rng, rng.choice(("waiting", "held")))
        held = one in self.kept and self.kept[one].state == "held"
        verdict = rng.choices(tuple(INTO), (4, 72, 4, 20) if held else (76, 8, 12, 4))[0]
        action = rng.choice(tuple(COST)) if verdict == "replaced" else None
        key = f"click {rng.randrange(self.turn // 2, self.turn + 1)}" if rng.random() < 0.2 else None
        return {"proposal": one, "verdict": verdict, "action": action, "key": key, "by": rng.choice(("Ann", "Bea"))}

    def _draw_mark(self, rng: random.Random) -> Operation:
        keys = [self._some(rng, "approved", "exported", "failed") for _ in range(rng.randint(1, self.most))]
        state = rng.choices(("sent", "exported", "failed", "withdrawn"), (55, 25, 15, 5))[0]
        key = f"try {rng.randrange(max(1, self.turn - 5), self.turn + 1)}" if rng.random() < 0.3 else None
        return {"proposals": keys, "state": state, "key": key}

    def _draw_withdraw(self, rng: random.Random) -> Operation:
        if rng.random() < 0.05:
            return {"action": rng.choice(tuple(COST))}
        one = self.kept.get(self._some(rng))
        return {"run": one.proposal.run if one else "daily 0"}

    def _draw_forget(self, rng: random.Random) -> Operation:
        return {"customer": rng.choice(PEOPLE)}

    def _draw_expire(self, _: random.Random) -> Operation:
        return {}

    def _draw_reopen(self, _: random.Random) -> Operation:
        return {}

    def _some(self, rng: random.Random, *states: str) -> str:
        """Mostly one in these states, now and then any, or none that there is."""
        keys = list(self.kept)
        if not keys or rng.random() < 0.02:
            return "unknown"
        fit = [key for key in keys if self.kept[key].state in states]
        return rng.choice(fit if fit and rng.random() < 0.7 else keys[-30:] if rng.random() < 0.8 else keys)

    # What is foretold.

    def apply(self, done: Operation) -> Any:
        return getattr(self, f"_{done['do']}")(done)

    def _reopen(self, _: Operation) -> Any:
        return None

    def _book(self, done: Operation) -> Any:
        self._expire(done)
        at, new, known, refused, held = done["at"], [], [], [], []
        fresh = {}
        for each in (made(one, done["run"], at) for one in done["proposals"]):
            if each.proposal in self.kept:
                known.append(each.proposal)
            else:
                fresh[each.proposal] = each
        for each in fresh.values():
            vetoes = self.vetoes(each, at)
            twice = self._is_twice(each, at)
            lasting = [veto for veto in vetoes if veto in ("consent", "protected", "holdout")]
            if lasting or (vetoes and not twice):
                refused.append((each.proposal, lasting[0] if lasting else vetoes[0]))
                continue
            odd = each.arm == "treated" and (twice or _is_odd(each.expected_value))
            self.kept[each.proposal] = Kept(each)
            self._step(each.proposal, "held" if odd else "waiting", at, False, f"booked: {each.proposal}")
            if not odd and each.action == "Note" and each.arm == "treated":
                self._step(each.proposal, "approved", at, False)
            new.append(each.proposal)
            held += [each.proposal] if odd else []
        return {"new": new, "known": sorted(set(known)), "refused": refused, "held": sorted(held)}

    def _decide(self, done: Operation) -> Any:
        kept, into, at = self.kept.get(done["proposal"]), INTO[done["verdict"]], done["at"]
        if kept is None:
            return "refused"
        one = kept.proposal
        if done["key"] in self.used:
            return "again" if self.used[done["key"]] == (one.proposal, into) else "refused"
        instead = proposal_key(one.customer_id, done["action"] or "", f"None instead of {one.proposal}")
        if any(state == into and person for state, _, person in kept.steps) and (into != "replaced" or instead in self.kept):
            return "again"
        again = kept.state == "approved" and into == "approved"
        if one.arm == "holdout" or not (again or into in WAYS.get(kept.state, ())):
            return "refused"
        if into == "approved" and (at >= one.lapses_at or self.vetoes(one, at, ("approved",))):
            return "refused"
        if into == "waiting" and self.vetoes(one, at):
            return "refused"
        if into == "replaced":
            return self._replace(kept, done, instead)
        self._step(one.proposal, into, at, True, done["key"])
        return "done"

    def _replace(self, kept: Kept, done: Operation, instead: str) -> str:
        old, action, at = kept.proposal, done["action"], done["at"]
        new = made({"customer": old.customer_id, "action": action, "occasion": 0, "value": None}, done["by"], at)
        new = replace(new, proposal=instead, arm="treated", variant="Evening" if action == "Mail" else "")
        if (new.action, new.variant) == (old.action, old.variant) or self.vetoes(new, at, besides=old.proposal):
            return "refused"
        self._step(old.proposal, "replaced", at, True, done["key"])
        self.kept[instead] = Kept(new)
        for state in ("waiting", "approved"):
            self._step(instead, state, at, True)
        return "done"

    def _mark(self, done: Operation) -> Any:
        told: dict[str, list[str]] = {"done": [], "known": [], "refused": []}
        used = dict(self.used)
        for key in dict.fromkeys(done["proposals"]):
            kept, state = self.kept.get(key), done["state"]
            step_key = f"{done['key']}: {state}: {key}" if done["key"] else None
            if kept is None:
                told["refused"].append(key)
            elif self._was_marked(kept, state) or step_key in used:
                told["known"].append(key)
            elif self._may_be_marked(kept, state, done["at"]):
                self._step(key, state, done["at"], False, step_key)
                told["done"].append(key)
            else:
                told["refused"].append(key)
        return told

    def _was_marked(self, kept: Kept, state: str) -> bool:
        again = kept.state in HANDED and state in HANDED and state in [each for each, _, _ in kept.steps]
        return again or kept.state == state

    def _may_be_marked(self, kept: Kept, state: str, at: int) -> bool:
        one = kept.proposal
        if (one.arm == "holdout" and state != "withdrawn") or state not in WAYS.get(kept.state, ()):
            return False
        if state not in HANDED or kept.state in HANDED:
            return True
        person = any(each == "approved" and by for each, _, by in kept.steps)
        hour = at // HOUR % 24
        return not (
            (one.action != "Note" and not person)
            or at >= one.lapses_at
            or self.vetoes(one, at, ("approved",))
            or (state == "sent" and (hour >= 20 or hour < 8))
        )

    def _withdraw(self, done: Operation) -> Any:
        name, value = next((name, done[name]) for name in ("run", "action") if name in done)
        mine = [key for key, kept in self.kept.items() if getattr(kept.proposal, name) == value]
        undone = [key for key in mine if "withdrawn" in WAYS.get(self.kept[key].state, ())]
        handed = sorted(key for key in mine if self.kept[key].state in HANDED)
        # The ledger goes from what changed last to what changed first.
        last = {key: place for place, (key, *_) in enumerate(self.log)}
        for key in sorted(undone, key=lambda key: -last[key]):
            self._step(key, "withdrawn", done["at"], True)
        return {"withdrawn": sorted(undone), "handed": handed}

    def _expire(self, done: Operation) -> Any:
        at, last = done["at"], {key: place for place, (key, *_) in enumerate(self.log)}
        lapsed = [
            key
            for key, kept in self.kept.items()
            if kept.proposal.arm == "treated" and kept.state in ("waiting", "approved", "failed") and kept.proposal.lapses_at <= at
        ]
        for key in sorted(lapsed, key=lambda key: -last[key]):
            self._step(key, "expired", at, False)
        return sorted(lapsed)

    def _forget(self, done: Operation) -> Any:
        gone = {key for key, kept in self.kept.items() if kept.proposal.customer_id == done["customer"]}
        self.kept = {key: kept for key, kept in self.kept.items() if key not in gone}
        steps = len(self.log)
        self.log = [step for step in self.log if step[0] not in gone]
        self.used = {key: to for key, to in self.used.items() if to[0] not in gone}
        return [len(gone), steps - len(self.log)]

    def _step(self, proposal: str, state: str, at: int, person: bool, key: str | None = None) -> None:
        self.kept[proposal].steps.append((state, at, person))
        self.log.append((proposal, state, at, person))
        self.taken[state] = self.taken.get(state, 0) + 1
        if key:
            self.used[key] = (proposal, state)

    # The guardrails, told in their own words.

    def vetoes(self, one: Proposal, at: int, beside: tuple[str, ...] = OPEN, besides: str = "") -> list[str]:
        found = []
        if one.action == "Mail" and one.customer_id == "eve":
            found.append("consent")
        if one.action != "Call" and one.customer_id == "fay":
            found.append("protected")
        others = [kept for kept in self._of(one.customer_id) if kept.proposal.proposal not in (one.proposal, besides)]
        for kept in others:
            if kept.proposal.arm == "treated" and kept.state in OPEN and kept.state in beside:
                found.append("open" if kept.proposal.channel == one.channel else "channel")
        ago = [(kept.proposal, at - min(at, reached)) for kept in others if (reached := _reached(kept, at)) is not None]
        found += ["channel"] * any(other.channel != one.channel and past < DAY for other, past in ago)
        found += ["cooldown"] * any(other.action == one.action and past < COOLDOWN[one.action] for other, past in ago)
        found += ["cap"] * any(sum(past < within for _, past in ago) >= times for times, within in CAPS)
        found += ["budget"] * (one.cost > 0 and self._spent(one.proposal, at) + one.cost > 9.5 + 1e-9)
        found += ["holdout"] * (one.customer_id == "hal" and one.arm == "treated")
        return found

    def _of(self, customer: str) -> list[Kept]:
        return [kept for kept in self.kept.values() if kept.proposal.customer_id == customer]

    def _is_twice(self, one: Proposal, at: int) -> bool:
        if one.arm == "holdout":
            return False
        same = [kept for kept in self._of(one.customer_id) if kept.proposal.action == one.action and kept.state in (*OPEN, *HANDED)]
        return any(kept.reached_at is None or at - kept.reached_at < COOLDOWN[one.action] for kept in same)

    def _spent(self, besides: str, at: int) -> float:
        committed = [kept for key, kept in self.kept.items() if key != besides and kept.state in ("approved", *HANDED)]
        since = at - 7 * DAY
        counted = [kept for kept in committed if kept.state == "approved" or max(step[1] for step in kept.steps) > since]
        return sum(kept.proposal.cost for kept in counted)


def made(drawn: dict[str, Any], run: str, at: int) -> Proposal:
    """The proposal that was drawn."""
    one = proposal(drawn["customer"], drawn["action"], drawn["occasion"], expected_value=drawn["value"])
    return replace(one, run=run, proposed_at=at, as_of=END + 1, act_by=END + 1 + 3 * DAY)


def perform(con: Warehouse, done: Operation) -> Any:
    """What the real ledger answers, in the words of `World.apply`."""
    at = done["at"]
    if done["do"] == "book":
        found = book(con, [made(one, done["run"], at) for one in done["proposals"]], by=done["run"], at=at)
        refused = [(each.proposal, each.guardrail) for each in found.refused]
        return {"new": list(found.new), "known": sorted(found.known), "refused": refused, "held": sorted(found.held)}
    if done["do"] == "decide":
        told = {"by": done["by"], "reason": "Said so", "action": done["action"], "key": done["key"], "at": at}
        try:
            return "again" if decide(con, done["proposal"], done["verdict"], **told).again else "done"
        except QuestionError:
            return "refused"
    if done["do"] == "mark":
        marked = mark(con, done["proposals"], done["state"], by="hook", key=done["key"], at=at)
        return {"done": list(marked.done), "known": list(marked.known), "refused": [each.proposal for each in marked.refused]}
    if done["do"] == "withdraw":
        back = withdraw(con, run=done.get("run"), action=done.get("action"), by="Ann", reason="Wrong", at=at)
        return {"withdrawn": sorted(back.withdrawn), "handed": sorted(each.proposal.proposal for each in back.handed)}
    if done["do"] == "expire":
        return sorted(expire(con, at))
    gone = forget(con, [done["customer"]])
    return [gone.proposals, gone.steps]


def _reached(kept: Kept, at: int) -> int | None:
    if kept.proposal.arm == "holdout":
        return kept.proposal.proposed_at if kept.state in (*OPEN, *HANDED) else None
    return at if kept.state == "approved" else kept.reached_at if kept.state in HANDED else None


def _is_odd(value: float | None) -> bool:
    return value is not None and not 0 <= value <= 500
