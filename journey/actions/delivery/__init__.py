"""Handing approved proposals over: audiences as files, and signed webhooks that are tried again with patience.

export(con, audience, "csv", by=.., at=..)    a file, its proposals marked as exported
deliver(con, at)                              what is approved and due, to the webhooks that take it
targets, keep_target, switch_target, ...      the webhooks of the workspace: the one thing by which data leave this machine
"""

from journey.actions.delivery.audience import FORMATS, Audience, Export, MadeExport, export, exports
from journey.actions.delivery.clock import Clock
from journey.actions.delivery.line import Delivered
from journey.actions.delivery.patience import Patience
from journey.actions.delivery.sending import deliver
from journey.actions.delivery.target import (
    LEAVES,
    Target,
    drop_target,
    keep_target,
    known_target,
    read_target,
    renew_secret,
    switch_target,
    targets,
)

__all__ = [
    "FORMATS",
    "LEAVES",
    "Audience",
    "Clock",
    "Delivered",
    "Export",
    "MadeExport",
    "Patience",
    "Target",
    "deliver",
    "drop_target",
    "export",
    "exports",
    "keep_target",
    "known_target",
    "read_target",
    "renew_secret",
    "switch_target",
    "targets",
]
