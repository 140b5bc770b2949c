"""What a reader may ask of any model file: units, explanations, Reality Checks."""

from __future__ import annotations

from dataclasses import dataclass

from .equations import Variable
from .model import Model
from .reading import read_model
from .reality import Verdict, check_reality
from .units_check import UnitFinding, check_units


@dataclass(frozen=True)
class ModelChecks:
    """Everything that was looked at, each in the order of the file.

    ``units`` holds equations whose units do not agree; ``verdicts`` one for each Reality Check
    and element; ``without_unit`` and ``without_comment`` the variables that do not explain
    themselves (a dimensionless variable says ``Dmnl``; control variables need no comment).
    """

    units: tuple[UnitFinding, ...]
    verdicts: tuple[Verdict, ...]
    without_unit: tuple[Variable, ...]
    without_comment: tuple[Variable, ...]

    @property
    def in_order(self) -> bool:
        """Whether nothing is wrong: warnings, missing comments and checks that no run
        triggered are no errors."""
        units = [finding for finding in self.units if not finding.warning]
        broken = [item for item in self.verdicts if item.outcome in ("failed", "refused")]
        return not (units or broken or self.without_unit)


def check_model(model: Model) -> ModelChecks:
    """Check the units of every equation and run every Reality Check of a model file.

    The file is read again by PySD's translator, which takes a second or two; each Reality
    Check costs a simulation or more.

    Raises:
        ModelError: the file, or the file of Reality Checks beside it, cannot be read.
    """
    source, parsed = read_model(model.path)
    variables = model.variables.values()
    return ModelChecks(
        tuple(check_units(parsed, source, str(model.path))),
        check_reality(model, parsed, source),
        tuple(variable for variable in variables if not variable.unit),
        tuple(item for item in variables if not item.comment and item.kind != "control"),
    )
