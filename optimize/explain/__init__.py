"""Why the plan is as it is: prices, rules, freedom, and where its gain comes from.

What costs many simulations starts from a :class:`Neighbourhood` of the answer.
"""

from optimize.explain.contributions import Contributions, contributions
from optimize.explain.easing import Eased, ease_rows, eased, easings
from optimize.explain.freedom import Freedom, freedom
from optimize.explain.neighbourhood import Neighbourhood, Resolved, neighbourhood, resolve
from optimize.explain.prices import CONFIRMED, rule_reports
from optimize.explain.rule_costs import RuleCost, rule_costs
from optimize.explain.unused import Unused, unused_instruments
from optimize.explain.worth import Worth, worth

__all__ = [
    "CONFIRMED",
    "Contributions",
    "Eased",
    "Freedom",
    "Neighbourhood",
    "Resolved",
    "RuleCost",
    "Unused",
    "Worth",
    "contributions",
    "ease_rows",
    "eased",
    "easings",
    "freedom",
    "neighbourhood",
    "resolve",
    "rule_costs",
    "rule_reports",
    "unused_instruments",
    "worth",
]
