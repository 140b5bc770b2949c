"""A plan over many futures beside the plan for the numbers as they are: words, tables, charts."""

from scenarios.robust.study import Regrets, Study

__all__ = ["Regrets", "Study"]
