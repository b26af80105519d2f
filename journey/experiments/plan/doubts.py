"""What a plan says that may be meant otherwise, or that will be regretted: nothing of it forbids locking."""

from journey.experiments.plan.plan import Plan

WEEK, MANY, SHORT = 7, 8, 0.9


def doubts(plan: Plan) -> tuple[str, ...]:
    """Sentences to think about before the lock; () where there are none."""
    return tuple(sentence for sentence in (_direction(plan), _guardless(plan), _weeks(plan), _traffic(plan), _many(plan)) if sentence)


def _direction(plan: Plan) -> str:
    primary = plan.primary
    if primary is None or plan.effect is None or (plan.effect > 0) == (primary.good == "up"):
        return ""
    way, meant = ("rise", "falling") if plan.effect > 0 else ("fall", "rising")
    return f"The effect worth finding is a {way} of {primary.name}, for which {meant} is good."


def _guardless(plan: Plan) -> str:
    guarded = any(metric.role == "guardrail" for metric in plan.metrics)
    return "" if guarded or not plan.metrics else "It has no guardrail: nothing would show what it harms."


def _weeks(plan: Plan) -> str:
    if plan.days is None or plan.days % WEEK == 0:
        return ""
    whole = -(-plan.days // WEEK) * WEEK
    return f"{plan.days} days are no whole weeks, so some weekdays would count more than others. {whole} days would do."


def _traffic(plan: Plan) -> str:
    """Whether the units that are needed can come in time, going by how many came a day."""
    if plan.units_per_arm is None or plan.days is None or plan.daily is None or not plan.variants:
        return ""
    needed, comes = plan.units_per_arm / min(plan.variants.values()), plan.daily * plan.days
    if comes >= SHORT * needed:
        return ""
    return (
        f"About {comes:,.0f} units come in {plan.days} days, and {needed:,.0f} are needed. Let it run longer, or look for a larger effect."
    )


def _many(plan: Plan) -> str:
    deciding = sum(metric.role != "guardrail" for metric in plan.metrics)
    return (
        f"{deciding} metrics share what may be called by chance (Holm), so each needs more. Name those that matter."
        if deciding > MANY
        else ""
    )
