"""From a scenario file to a checked `Scenario`; every problem of the chain at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from models import Model
from models.catalogue import Catalogue
from models.model import COUNTY
from scenarios.agreement import Agreement, growth, indices, laid, read_agreement
from scenarios.catalogue import catalogue, instruments
from scenarios.chain import COMMAND_LINE, find, merge, read_chain
from scenarios.checks import Checks
from scenarios.figures import Figures, read_figures
from scenarios.findings import Finding, FindingsError, by_place, did_you_mean, say
from scenarios.fit import Fit, open_model
from scenarios.parameter_sets import ParameterSets, read_sets
from scenarios.project_csv import LibraryProject, read_library
from scenarios.scenario import Numbers, Scenario
from scenarios.schema import Identity, Objective, PlanYears, Projects, Purse, Search, Uncertainty
from scenarios.toml_text import line_of

DEFAULT = "w-county"


def load(name: str | Path | None = None, settings: Mapping[str, object] | None = None) -> Scenario:
    """Load a scenario by path or name (default: W County).

    ``settings`` are entries of ``[search]`` that the command line overrides; None is not set.

    Raises:
        FindingsError: everything that is wrong with the file, those it extends, its past
            practice, and with how they fit the model.
    """
    path = find(str(name or DEFAULT))
    if isinstance(path, Finding):
        raise FindingsError([path])
    merged = read_chain(path)
    given = {key: value for key, value in (settings or {}).items() if value is not None}
    if given:
        merge(merged.values, {"search": given}, COMMAND_LINE, (), merged.origins)
    checks = Checks(merged, path)
    scenario = checked(checks)
    if checks.findings or scenario is None:
        raise FindingsError(in_order(checks.findings, broken=merged.broken))
    return scenario


def in_order(findings: Iterable[Finding], broken: bool) -> list[Finding]:
    """By file and place, each once.

    In a ``broken`` chain, what is missing may stand in what could not be read: not reported.
    """
    missing = ("finding.missing", "finding.no_section", "finding.no_limit")
    kept: list[Finding] = []
    for finding in findings:
        if finding not in kept and not (broken and finding.reason.key in missing):
            kept.append(finding)
    return sorted(kept, key=by_place)


def checked(checks: Checks) -> Scenario | None:
    """The scenario, or None where a section that it needs is wrong."""
    checks.sections()
    identity = checks.section("scenario", Identity)
    plan = checks.section("plan", PlanYears)
    money = checks.section("money", Purse)
    objective = checks.section("objective", Objective)
    search = checks.section("search", Search)
    uncertainty = checks.section("uncertainty", Uncertainty)
    rules = dict(checks.rules())
    checks.limits(rules)
    checks.shares(rules)
    if objective and not any(objective.model_dump().values()):
        checks.add(("objective",), say("finding.no_aim"), say("hint.no_aim"))
    if plan and not checks.plan_years(plan, money):
        plan = None
    if plan:
        checks.targets(rules, plan)
    file: Path | None = COUNTY
    if identity and identity.model is not None:
        file = checks.beside(("scenario", "model"), identity.model)
    stated = plan.past_practice if plan else checks.table(("plan",)).get("past_practice")
    past = checks.beside(("plan", "past_practice"), stated) if isinstance(stated, str) else None
    if file is None:
        return None
    try:
        model = open_model(file)
    except FindingsError as error:
        checks.findings += error.findings
        return None
    names = catalogue(file)
    figures = own_figures(checks, names, model)
    if figures is not None:
        names = figures.catalogue
    fit = Fit(checks, model, names)
    fit.instruments(rules)
    fit.indicators(rules)
    agreement = read_agreement(fit)
    if plan is None:
        dict(fit.parameters()), dict(fit.exogenous()), own_library(checks, fit, names)
        fit.past_amounts(past)
        return None
    numbers = all_numbers(fit, figures, agreement, plan, past)
    projects, library, library_file = own_library(checks, fit, names)
    sets = own_sets(checks, model, uncertainty)
    if not (identity and money and objective and search and uncertainty and past):
        return None
    return Scenario(
        file=checks.path,
        identity=identity,
        plan=plan,
        money=money,
        objective=objective,
        search=search,
        uncertainty=uncertainty,
        rules=rules,
        numbers=numbers,
        past_practice_file=past,
        model=model,
        catalogue=names,
        figures=figures,
        merged=checks.merged,
        agreement=agreement,
        projects=projects,
        library=library,
        library_file=library_file,
        sets=sets,
    )


def all_numbers(
    fit: Fit, figures: Figures | None, agreement: Agreement, plan: PlanYears, past: Path | None
) -> Numbers:
    """Everything that the scenario changes in its model."""
    values = {**(figures.values if figures else {}), **dict(fit.parameters())}
    values |= dict(growth(fit, agreement))
    series = laid(fit, dict(fit.exogenous()), dict(indices(fit, agreement, plan, values)))
    return Numbers(values, series, fit.past(past, plan))


def own_sets(checks: Checks, model: Model, uncertainty: Uncertainty | None) -> ParameterSets | None:
    """The sets of numbers that the scenario names."""
    if uncertainty is None or uncertainty.sample is None:
        return None
    path = checks.beside(("uncertainty", "sample"), uncertainty.sample)
    if path is None:
        return None
    sets, findings = read_sets(path, model)
    checks.findings += findings
    origin = checks.merged.origin(("uncertainty", "sample"))
    return ParameterSets(sets, path, origin) if sets and isinstance(origin, Path) else None


def own_library(
    checks: Checks, fit: Fit, names: Catalogue
) -> tuple[Projects | None, tuple[LibraryProject, ...], Path | None]:
    """The settings of ``[projects]``, the projects to choose from, and their file."""
    if "projects" not in checks.merged.values:
        return None, (), None
    settings = checks.section("projects", Projects)
    if settings is None:
        return None, (), None
    known = {instrument: instrument for _, instrument in fit.levers}
    for name in settings.small_budgets:
        if name not in known:
            hint = did_you_mean(name, {**instruments(names), **known})
            where = ("projects", "small_budgets", name)
            checks.add(where, say("finding.unknown_instrument"), hint)
    path = checks.beside(("projects", "library"), settings.library)
    if path is None:
        return None, (), None
    library, findings = read_library(path, names, fit.levers)
    checks.findings += findings
    if library and not findings and settings.on and not settings.small_budgets:
        checks.add(("projects", "library"), say("finding.no_tied"), say("hint.no_tied"))
    ids = [project.plan.id for project in library]
    for id in settings.leave_out if not findings else ():
        if id not in ids:
            reason = say("finding.unknown_project", name=id)
            checks.add(("projects", "leave_out"), reason, did_you_mean(id, ids))
    for id in settings.begun if not findings else ():
        if id not in ids:
            reason = say("finding.unknown_project", name=id)
            checks.add(("projects", "begun", id), reason, did_you_mean(id, ids))
    return settings, tuple(open_to(library, settings)) if settings.on else (), path


def open_to(library: Iterable[LibraryProject], settings: Projects) -> Iterator[LibraryProject]:
    """The projects to choose from; one that is left out but has begun begins no more."""
    for project in library:
        id = project.plan.id
        if id not in settings.leave_out:
            yield project
        elif begun := settings.begun.get(id):
            yield replace(project, plan=replace(project.plan, starts=len(begun)))


def own_figures(checks: Checks, names: Catalogue, model: Model) -> Figures | None:
    """The figures of the scenario's county, where a file of the chain names some.

    Those of a nearer file are laid over those of the files that it extends.
    """
    found: Figures | None = None
    for file, name in checks.merged.figures:
        path = (file.parent / name).resolve()
        if not path.is_file():
            line = line_of(checks.merged.lines.get(file, {}), ("scenario", "figures"))
            reason = say("finding.no_such_file", path=name)
            checks.findings.append(
                Finding(file, "scenario.figures", reason, say("hint.path"), line)
            )
            continue
        figures, findings = read_figures(path, found.catalogue if found else names, model)
        checks.findings += findings
        found = figures.over(found)
    return found
