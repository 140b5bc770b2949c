"""The calibration in words: what fits, what the data tell, what they cannot, how it forecasts."""

from __future__ import annotations

from collections import Counter

import numpy as np

from models.catalogue import county
from optimize.calibration import METHODS, Calibration, Forecast, Observation
from scenarios.report.blocks import Blocks
from scenarios.words import DASH, Words, number, significant

FIGURES = 3  # significant


def calibration_page(answer: Calibration, words: Words) -> Blocks:
    """The whole report."""
    page = Blocks(words.say("calibration.title"))
    _verdict(page, answer, words)
    _fit(page, answer, words)
    _values(page, answer, words)
    _silence(page, answer, words)
    _forecasts(page, answer, words)
    _sample(page, answer, words)
    return page


def _verdict(page: Blocks, answer: Calibration, words: Words) -> None:
    """The first lines: how little this is."""
    observations = answer.fit.misfit.observations
    told = answer.identifiability
    count = Counter(told.verdict(i) for i in range(answer.fit.z.size))
    page.paragraph(
        words.say(
            "calibration.verdict",
            figures=sum(not o.assumed for o in observations),
            assumed=sum(o.assumed for o in observations),
            parameters=answer.fit.z.size + len(answer.untouched),
            evidence=number(told.told_by_evidence, 1),
            told=number(told.told, 1),
            speaks=count["speaks"],
            hints=count["hints"],
            rest=count["rest"],
            range=count["range"],
            untouched=len(answer.untouched),
        )
    )
    page.paragraph(words.say("calibration.own", title=words.say("calibration.prior")))


def _fit(page: Blocks, answer: Calibration, words: Words) -> None:
    fit = answer.fit
    page.heading(words.say("calibration.fit"))
    page.paragraph(words.say("calibration.fit.how"))
    rows = [
        (
            f"{observation.label(words.language)} ({words.unit(observation.unit)})",
            f"{_rounded(observation.observed)} {_spread(observation)}",
            _rounded(fit.modelled_before[j]),
            _rounded(fit.modelled[j]),
            number(fit.residuals_before[j], 1, signed=True),
            number(fit.residuals[j], 1, signed=True),
        )
        for j, observation in enumerate(fit.misfit.observations)
        if not observation.assumed
    ]
    names = ("observation", "observed", "default", "fitted", "off_default", "off_fitted")
    page.table([words.say(f"calibration.column.{name}") for name in names], rows)
    assumed = np.array([o.assumed for o in fit.misfit.observations])
    page.paragraph(
        words.say(
            "calibration.fit.sums",
            before=_squares(fit.residuals_before[~assumed]),
            after=_squares(fit.residuals[~assumed]),
            rest_before=_squares(fit.residuals_before[assumed]),
            rest_after=_squares(fit.residuals[assumed]),
            price=_squares(fit.z),
            agreeing=fit.agreeing,
            starts=fit.start_costs.size,
        )
    )


def _values(page: Blocks, answer: Calibration, words: Words) -> None:
    fit, told = answer.fit, answer.identifiability
    page.heading(words.say("calibration.values"))
    page.paragraph(words.say("calibration.values.how"))
    values = fit.misfit.natural(fit.z)
    order = np.argsort(told.left_by_evidence, kind="stable").tolist()
    for verdict in ("speaks", "hints"):
        rows = [
            (
                _named(parameter.column, words),
                f"{_rounded(parameter.low)} {DASH} {_rounded(parameter.high)}",
                _rounded(parameter.default),
                _rounded(values[i]),
                number(told.left_by_evidence[i], 2),
                number(told.left[i], 2),
            )
            for i in order
            if told.verdict(i) == verdict
            for parameter in [fit.misfit.parameters[i]]
        ]
        if rows:
            page.paragraph(words.say(f"calibration.values.{verdict}"))
            names = ("parameter", "range", "default", "fitted", "left_evidence", "left")
            page.table([words.say(f"calibration.column.{name}") for name in names], rows)


def _silence(page: Blocks, answer: Calibration, words: Words) -> None:
    """What the data cannot tell."""
    told, parameters = answer.identifiability, answer.fit.misfit.parameters
    page.heading(words.say("calibration.silence"))
    page.paragraph(
        words.say(
            "calibration.silence.directions",
            directions=told.directions,
            parameters=len(parameters),
            strongest=", ".join(number(s, 1) for s in told.strengths[: told.directions]),
        )
    )
    for group in told.alike:
        names = words.listing(words.name(parameters[i].column) for i in group)
        page.paragraph(words.say("calibration.silence.alike", names=names))
    for i, j, correlation in told.tied:
        first, second = (words.name(parameters[k].column) for k in (i, j))
        text = number(correlation, 2)
        page.paragraph(
            words.say("calibration.silence.tied", first=first, second=second, correlation=text)
        )
    if not told.tied:
        page.paragraph(words.say("calibration.silence.untied"))
    variables = dict.fromkeys(p.column.partition("[")[0] for p in answer.untouched)
    names = words.listing(words.name(variable) for variable in variables)
    page.paragraph(words.say("calibration.silence.untouched", names=names))


def _forecasts(page: Blocks, answer: Calibration, words: Words) -> None:
    left = answer.left_out
    page.heading(words.say("calibration.forecasts"))
    page.paragraph(
        words.say(
            "calibration.left_out",
            before=number(_rms(left.before), 2),
            fitted=number(_rms(left.fitted), 2),
            forecast=number(_rms(left.forecast), 2),
            verdict=words.say(
                "calibration.left_out.better"
                if _rms(left.forecast) < _rms(left.before)
                else "calibration.left_out.worse"
            ),
        )
    )
    page.paragraph(words.say("calibration.backtest"))
    names = {row.series: row.zh if words.chinese else row.en for row in answer.series}
    rows = [
        _errors(names[series], [f for f in answer.forecasts if f.series == series])
        for series in dict.fromkeys(f.series for f in answer.forecasts)
    ]
    rows.append(_errors(words.say("calibration.backtest.all"), answer.forecasts))
    heads = [words.say(f"calibration.method.{method.replace(' ', '_')}") for method in METHODS]
    series, count = (words.say(f"calibration.column.{name}") for name in ("series", "forecasts"))
    page.table([series, count, *heads], rows)
    for method, head in zip(METHODS[1:], heads[1:], strict=True):
        wins = sum(f.error("model") < f.error(method) for f in answer.forecasts)
        page.paragraph(
            words.say(
                "calibration.backtest.wins",
                wins=wins,
                losses=len(answer.forecasts) - wins,
                method=head,
            )
        )
    page.paragraph(words.say("calibration.backtest.caveat"))


def _errors(name: str, forecasts: list[Forecast] | tuple[Forecast, ...]) -> tuple[str, ...]:
    means = (float(np.mean([f.error(method) for f in forecasts])) for method in METHODS)
    return (name, str(len(forecasts)), *(number(mean, 2) for mean in means))


def _sample(page: Blocks, answer: Calibration, words: Words) -> None:
    drawn = answer.sample
    page.heading(words.say("calibration.sample"))
    page.paragraph(
        words.say(
            "calibration.sample.how",
            draws=len(drawn.values),
            parameters=drawn.values.shape[1],
            low=number(drawn.expected[0], 0),
            high=number(drawn.expected[1], 0),
            within=words.percent(drawn.within, 0),
            mean=number(float(np.mean(drawn.misfits)), 1),
            blind=number(float(np.median(drawn.prior_misfits)), 0),
            accepted=words.percent(drawn.accepted, 0),
            effective=number(drawn.effective, 0),
            candidates=drawn.candidates,
        )
    )


def _named(column: str, words: Words) -> str:
    """The name of a parameter with its unit."""
    row = county().row(column)
    unit = "" if row is None or row.unit == "Dmnl" else row.unit
    if words.chinese:
        unit = "/".join(words.unit(part) for part in unit.split("/"))
    else:
        unit = unit.replace("wanyuan", words.unit("wanyuan"))
    return f"{words.name(column)} ({unit})" if unit else words.name(column)


def _rounded(value: float) -> str:
    return number(value, significant(value, FIGURES))


def _spread(observation: Observation) -> str:
    if observation.scale == "log":
        return f"×/÷ {number(float(np.exp(observation.spread)), 2)}"
    return f"± {_rounded(observation.spread)}"


def _squares(residuals: np.ndarray) -> str:
    return number(float(residuals @ residuals), 1)


def _rms(residuals: np.ndarray) -> float:
    return float(np.sqrt(np.mean(residuals**2)))
