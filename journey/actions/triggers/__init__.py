"""The rules that propose: who is due for an action, and what a rule would have done in the past.

A trigger's rule is any rule of `journey.rules`, and may also name who is behind a mark of another answer.
"""

from journey.actions.triggers.due import due, due_all

__all__ = ["due", "due_all"]
