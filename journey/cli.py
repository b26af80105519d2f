"""python -m journey: load files, ask questions, fill the simulated shop, without a browser.

python -m journey load events.csv --map customer=uid --map event=name
python -m journey ask question.json
python -m journey check
python -m journey train --only churn
python -m journey daily
python -m journey webhook add crm https://example.com/journey --channel email
python -m journey export audience.csv --action "Cart reminder" --by ann
python -m journey demo
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from journey.errors import JourneyError
from journey.warehouse import Warehouse, one, open_warehouse

LISTED = ("personal", "skip")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 where it went well, 1 with a sentence on standard error where it did not.

    2 where a daily run came to its end, but a step of it failed.
    """
    chosen = _parser().parse_args(arguments)
    try:
        if chosen.run is _daily:
            return _daily(chosen)
        with open_warehouse(chosen.workspace) as con:
            chosen.run(con, chosen)
    except JourneyError as fault:
        print(f"{fault}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 0
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m journey", description="Customer-journey analytics on one machine.")
    usual = os.environ.get("JOURNEY_WORKSPACE", ".journey")
    parser.add_argument("--workspace", default=usual, help=f"the folder that holds the data (default: {usual})")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _load_arguments(commands.add_parser("load", help="load event, customer or consent files"))
    question = commands.add_parser("ask", help="answer a question, or a list of questions, written as JSON")
    question.add_argument("file", help="a JSON file, or - for standard input")
    question.set_defaults(run=_ask)
    training = commands.add_parser("train", help="learn the predictions anew, put those in use that win, and score everybody")
    training.add_argument("--only", action="append", metavar="NAME", help="one prediction, such as churn; may be given several times")
    training.set_defaults(run=_train)
    _daily_arguments(commands.add_parser("daily", help="load what is new, restage, rescore, propose, send what is approved, alert"))
    _webhook_arguments(commands.add_parser("webhook", help="the systems that carry actions out: name them, switch them on and off"))
    _export_arguments(commands.add_parser("export", help="what is approved, as a file; it is marked as exported"))
    commands.add_parser("check", help="what the workspace holds and what is wrong with it").set_defaults(run=_check)
    demo = commands.add_parser("demo", help="fill an empty workspace with the simulated shop")
    demo.add_argument("--if-empty", action="store_true", help="do nothing where events are loaded")
    demo.add_argument("--seed", type=int, default=7)
    demo.add_argument("--customers", type=int, default=20_000)
    demo.set_defaults(run=_demo)
    return parser


def _load_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="files, folders or globs: CSV, Parquet or JSON lines, plain or gzipped")
    parser.add_argument("--kind", choices=("events", "customers", "consent"), default="events")
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="ROLE=COLUMN",
        help="customer=uid, event=name, ts=time, timezone=Europe/Paris, anonymous=device, revenue=amount, personal=email, skip=notes ...",
    )
    parser.add_argument("--preview", action="store_true", help="show the columns and the guessed mapping, and load nothing")
    parser.set_defaults(run=_load)


def _daily_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = "The run of the day, done by the app where one is up on the workspace, else here. Safe to run twice."
    parser.epilog = "Exit status: 0 all went well, 1 it could not run, 2 a step failed and the others were done."
    parser.add_argument("--watch", action="append", metavar="FOLDER", help="look for new files here from now on, in place of inbox/")
    parser.set_defaults(run=_daily)


def _webhook_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Webhooks are the one thing by which data leave this machine. "
        "Each is off until you switch it on; only the address you name is called."
    )
    parser.set_defaults(run=_webhook, does="list", name=None)
    doing = parser.add_subparsers(metavar="WHAT")
    doing.add_parser("list", help="those there are, without their secrets")
    adding = doing.add_parser("add", help="name one, or change it; its secret is shown this once")
    adding.add_argument("name")
    adding.add_argument("url")
    adding.add_argument(
        "--channel", action="append", default=[], dest="channels", help="takes only this channel; may be given several times"
    )
    adding.add_argument("--action", action="append", default=[], dest="actions", help="takes only this action; may be given several times")
    adding.add_argument("--timeout", type=float, default=10.0, dest="timeout_s", metavar="SECONDS")
    adding.add_argument("--nearby", action="store_true", help="the receiver is on this machine or in its own network; http is allowed then")
    adding.add_argument(
        "--secret", action="store_true", help="read the one that the receiver gave from standard input; without, one is made"
    )
    adding.set_defaults(does="add")
    for what, why in (("on", "send to it"), ("off", "do not"), ("remove", "forget it and its secret"), ("renew", "make a new secret")):
        each = doing.add_parser(what, help=why)
        each.add_argument("name")
        each.set_defaults(does=what)


def _export_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", help="where to write it: .csv or .json")
    parser.add_argument("--by", required=True, metavar="NAME", help="who exports it; the ledger keeps that")
    parser.add_argument("--action", help="only this action")
    parser.add_argument("--trigger", help="only what this trigger proposed")
    parser.add_argument("--segment", help="only customers of this saved segment")
    parser.add_argument("--again", metavar="KEY", help="an earlier export once more: the same list, and nothing is marked")
    parser.set_defaults(run=_export)


def _mapping(pairs: Sequence[str]) -> dict[str, Any] | None:
    """["customer=uid", "personal=email", "personal=phone"] -> {"customer": "uid", "personal": ["email", "phone"]}."""
    mapping: dict[str, Any] = {}
    for pair in pairs:
        role, equals, column = pair.partition("=")
        if not equals or not role or not column:
            raise JourneyError(f"--map {pair} is not of the form ROLE=COLUMN, such as --map customer=uid.")
        if role in LISTED:
            mapping.setdefault(role, []).append(column)
        else:
            mapping[role] = column
    return mapping or None


def _load(con: Warehouse, chosen: argparse.Namespace) -> None:
    from journey import ingest
    from journey.ingest.start_over import make_room

    if chosen.preview:
        _say(ingest.preview_file(chosen.files[0]).as_plain())
        return
    load = {"events": ingest.load_events, "customers": ingest.load_customers, "consent": ingest.load_consent}[chosen.kind]
    if make_room(con):
        print("The simulated shop was removed to make room for your data.", file=sys.stderr)
    receipt = load(con, chosen.files, _mapping(chosen.map), progress=_progress)
    print(receipt.sentence())


def _progress(stage: str, done: int, total: int | None, seconds: float) -> None:
    """One line, written over itself on a terminal; nothing where nobody is looking."""
    if sys.stderr.isatty():
        rate = f", {done / seconds:,.0f} rows/s" if seconds > 0.2 and done else ""
        of = f" of {total:,}" if total else ""
        print(f"\r\033[K{stage}: {done:,}{of} rows{rate}", end="\n" if stage == "done" else "", file=sys.stderr, flush=True)


def _ask(con: Warehouse, chosen: argparse.Namespace) -> None:
    from journey.ask import ask

    try:
        text = sys.stdin.read() if chosen.file == "-" else Path(chosen.file).read_text(encoding="utf-8")
        question = json.loads(text)
    except OSError as fault:
        raise JourneyError(f"The question {chosen.file} cannot be read: {fault.strerror}.") from fault
    except ValueError as fault:
        raise JourneyError(f'The question {chosen.file} is not JSON: {fault}. Write an object such as {{"ask": "events"}}.') from fault
    answers = [ask(con, each) for each in (question if isinstance(question, list) else [question])]
    for warning in dict.fromkeys(warning for answer in answers for warning in answer.get("warnings", ())):
        print(f"Warning: {warning}", file=sys.stderr)
    _say(answers if isinstance(question, list) else answers[0])


def _check(con: Warehouse, _: argparse.Namespace) -> None:
    from journey.ask import ask

    _say({name: ask(con, {"ask": name}) for name in ("events", "identity", "quality")})


def _train(con: Warehouse, chosen: argparse.Namespace) -> None:
    from journey.predict.store import train

    told = train(con, chosen.only, progress=lambda name, doing: print(f"{name}: {doing} ...", file=sys.stderr, flush=True))
    for one_of_them in told:
        print(one_of_them.sentence)
    if not told:
        print("There is nothing to predict: the workspace holds no events.", file=sys.stderr)


def _daily(chosen: argparse.Namespace) -> int:
    from journey.serve.command import ask_daily

    outcome = ""
    for line in ask_daily(chosen.workspace, chosen.watch):
        if "step" in line:
            step = line["step"]
            failed = "" if step["done"] else "FAILED: "
            print(f"{step['step']:<8}{step['seconds']:7.1f} s  {failed}{step['sentence']}", flush=True)
        else:
            print(line["by"] if "by" in line else line["run"]["sentence"], flush=True)
            outcome = line["run"]["outcome"] if "run" in line else outcome
    return 0 if outcome == "done" else 2


def _webhook(con: Warehouse, chosen: argparse.Namespace) -> None:
    from journey.actions import delivery

    if chosen.does == "add":
        on = any(each.name == chosen.name and each.on for each in delivery.targets(con))
        told = {key: getattr(chosen, key) for key in ("name", "url", "channels", "actions", "timeout_s", "nearby")}
        made = delivery.keep_target(con, delivery.read_target({**told, "on": on}), sys.stdin.readline().strip() if chosen.secret else None)
        print(f"Its secret, shown this once: {made}" if made else f"Its secret is {'kept' if chosen.secret else 'as it was'}.")
    elif chosen.does in ("on", "off"):
        delivery.switch_target(con, chosen.name, chosen.does == "on")
    elif chosen.does == "remove":
        delivery.drop_target(con, chosen.name)
    elif chosen.does == "renew":
        print(f"Its new secret, shown this once: {delivery.renew_secret(con, chosen.name)}")
    for each in delivery.targets(con):
        takes = ", ".join((*each.channels, *each.actions)) or "everything"
        print(f"{'on ' if each.on else 'off'}  {each.name}  {each.place}  takes {takes}")
    print(delivery.LEAVES, file=sys.stderr)


def _export(con: Warehouse, chosen: argparse.Namespace) -> None:
    from journey.actions.delivery import Audience, Clock, export
    from journey.ask import resolve_rule
    from journey.scope import Scope

    segment = None if chosen.segment is None else resolve_rule(con, chosen.segment, Scope())
    audience, kind = Audience(chosen.action, chosen.trigger, segment), Path(chosen.file).suffix.removeprefix(".").lower()
    made = export(con, audience, kind, by=chosen.by, at=Clock().now(), key=chosen.again)
    try:
        Path(chosen.file).write_bytes(made.content)
    except OSError as fault:
        raise JourneyError(
            f"{chosen.file} cannot be written: {fault.strerror}. The list is kept: have it again with --again {made.key}."
        ) from fault
    print(f"{made.customers:,} proposals in {chosen.file}, {made.marked:,} marked as exported now. The same list again: --again {made.key}")
    for why, number in made.left_out.items():
        print(f"{number:,} left out: {why}", file=sys.stderr)


def _demo(con: Warehouse, chosen: argparse.Namespace) -> None:
    if one(con, "select count(*) from loads"):
        if chosen.if_empty:
            return
        raise JourneyError("This workspace holds data. The simulated shop goes into an empty one: name another folder with --workspace.")
    from journey.demo import load_shop

    print("The workspace is empty: filling it with the simulated shop.", file=sys.stderr)
    receipts = load_shop(con, progress=_progress, seed=chosen.seed, customers=chosen.customers)
    for receipt in receipts if isinstance(receipts, list | tuple) else [receipts]:
        print(receipt.sentence())
    print("Its models are trained on the page Models, or by: python -m journey train", file=sys.stderr)


def _say(answer: Any) -> None:
    text = json.dumps(answer, indent=2, ensure_ascii=False, default=str)
    print(text.encode("utf-8", "backslashreplace").decode())  # half a pair of signs, which cannot be printed, as JSON escapes it
