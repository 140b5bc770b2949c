"""What planners are shown: charts, the summary on the terminal, the run folder.

Everything takes one :class:`Result`:

    with whole(folder) as staging:
        draw_figures(result, "zh", staging / FIGURES)  # may go on in another process
        files = fill(result, staging, resolved=text, write_model=write)
    print_summary(result, "zh", folder=folder, files=files)

Importing this package loads neither matplotlib nor a simulator.
"""

from scenarios.report.document import DOCUMENT, report_document
from scenarios.report.figures import Drawn, draw_figures
from scenarios.report.html import report_html
from scenarios.report.result import (
    PLANS,
    ModelFacts,
    Money,
    Parameter,
    PlanName,
    Reference,
    Result,
    Yearly,
)
from scenarios.report.risks import RiskFigure, Risks, put_risks, read_risks
from scenarios.report.run_folder import FIGURES, REPORT, WORKBOOK, fill, put, whole
from scenarios.report.run_json import run_json
from scenarios.report.stored import read_result
from scenarios.report.summary import (
    print_answer,
    print_explanation,
    print_proof,
    print_summary,
)
from scenarios.report.workbook import write_workbook

__all__ = [
    "DOCUMENT",
    "FIGURES",
    "PLANS",
    "REPORT",
    "WORKBOOK",
    "Drawn",
    "ModelFacts",
    "Money",
    "Parameter",
    "PlanName",
    "Reference",
    "Result",
    "RiskFigure",
    "Risks",
    "Yearly",
    "draw_figures",
    "fill",
    "print_answer",
    "print_explanation",
    "print_proof",
    "print_summary",
    "put",
    "put_risks",
    "read_result",
    "read_risks",
    "report_document",
    "report_html",
    "run_json",
    "whole",
    "write_workbook",
]
