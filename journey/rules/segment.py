"""INTERIM: replaced by the rule language."""
from typing import Any
from journey.errors import QuestionError
from journey.rules.match import Binder
from journey.scope import Scope


def customers_where(binder: Binder, rule: Any, scope: Scope) -> str:
    """A query of one column, `customer`, that answers the customers for whom the rule holds as of the scope's stop (the data's end where it has none)."""
    if isinstance(rule, dict) and "customers" in rule:
        return f"select customer from customers where list_contains({binder.bind(list(rule['customers']), 'ids')}, id)"
    raise QuestionError("not yet")
