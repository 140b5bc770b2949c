"""Alternatives side by side: what differs most, a table, charts, one page."""

from scenarios.comparison.alternatives import Alternative, from_folder, from_result
from scenarios.comparison.differences import Comparison, compared

__all__ = ["Alternative", "Comparison", "compared", "from_folder", "from_result"]
