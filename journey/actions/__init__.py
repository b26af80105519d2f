"""What to do next for each customer, why, what forbade it, what became of it, and whether it worked.

catalog/     what can be done, when it is proposed, and what it must never do: actions.toml, its versions
triggers/    the rules that propose, tried on history before they are switched on
guardrails/  what forbids an action for a customer: consent, protection, caps, cooldown, quiet hours, budget
effects/     what each action adds, by experiment where there was one
logged/      decisions that were logged, as arrays: a table's, or those of a campaign in the log
uplift/      whom an action helps: learners, and the curve that says whether they know
choose/      the one action most worth its cost for a customer, or none; the card
launch/      one rule's proposals before they are booked: how many, what they cost, what forbade the rest
ledger/      proposals, decisions, deliveries: appended, never changed, never done twice
delivery/    audiences as files, and signed webhooks
off_policy/  what another policy would have brought, from the log of this one
results/     what each action brought against its holdout
daily/       everything once a day, unattended
"""
