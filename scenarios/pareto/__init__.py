"""A front between aims: words, tables, charts."""

from scenarios.pareto.study import Study

__all__ = ["Study"]
