"""The study in words and tables, for the terminal and for the page."""

from __future__ import annotations

import numpy as np

from scenarios.report.blocks import Blocks
from scenarios.sensitivity import decision_page
from scenarios.sensitivity.decisions import Decisions
from scenarios.sensitivity.factors import OTHERS, By
from scenarios.sensitivity.labels import Labels, outcome, share
from scenarios.sensitivity.study import Sampled
from scenarios.words import DASH, number

ROWS, LEADERS = 8, 3


def lead(labels: Labels, decided: Decisions | None) -> list[str]:
    """What a reader should take away: what each outcome depends on, and the decision."""
    found, words = labels.found, labels.words
    year, said = found.years[-1], [words.say("sensitivity.lead.reading")]
    bases = found.studied.bases
    size = len(found.looks) // len(bases)
    for place, look in enumerate(found.looks[:size]):
        parts = {
            basis: words.listing(
                words.say(
                    "sensitivity.lead.factor",
                    name=labels.factor(found.indices.names[d], inside=True),
                    index=share(found.indices.total, d, found.place(at, year)),
                )
                for d in varying(labels, at)[:LEADERS]
            )
            for at, basis in zip(range(place, len(found.looks), size), bases, strict=True)
        }
        if parts["level"]:
            kind = "both" if parts.get("change") else "level"
            what, when = look.name(words), labels.when(year)
            said.append(words.say(f"sensitivity.lead.{kind}", what=what, when=when, **parts))
    if decided is not None:
        said += decision_page.sentences(labels, decided)
    return said


def varying(labels: Labels, place: int) -> list[int]:
    """The factors of ``Sensitivity.ranked``; none where the look does not vary."""
    found = labels.found
    ranked = found.ranked(place)
    at = found.place(place, found.years[-1])
    return ranked if ranked and np.isfinite(found.indices.total.value[ranked[0], at]) else []


def causes(labels: Labels, column: str) -> list[Blocks]:
    """Of one outcome: the leading factors, what their ends do, and their indices."""
    found, words = labels.found, labels.words
    by_name = {factor.name: place for place, factor in enumerate(found.factors)}
    made = []
    for place, look in enumerate(found.looks):
        at = found.place(place, found.years[-1])
        ranked = varying(labels, place)[:ROWS]
        if look.column != column or not ranked:
            continue
        base = float(found.ends.base[place])
        section = Blocks(
            words.say(
                "sensitivity.section.causes",
                name=look.title(words),
                when=labels.when(found.years[-1]),
            )
        )
        rows = []
        for d in ranked:
            name = found.indices.names[d]
            e = by_name[name]
            ends = (
                outcome(look, float(table[e, place]), base, signed=look.basis == "change")
                for table in (found.ends.low, found.ends.high)
            )
            rows.append(
                [
                    labels.factor(name),
                    *ends,
                    share(found.indices.first, d, at),
                    share(found.indices.total, d, at),
                    labels.source(found.factors[e]),
                ]
            )
        if OTHERS in found.indices.names and OTHERS not in by_name:
            d = found.indices.names.index(OTHERS)
            both = share(found.indices.first, d, at), share(found.indices.total, d, at)
            rows.append([labels.factor(OTHERS), "", "", *both, ""])
        section.table(
            tuple(
                labels.say(f"sensitivity.column.{key}")
                for key in ("factor", "at_low", "at_high", "first", "total", "source")
            ),
            rows,
            texts=(0, 5),
            strong=(4,),
        )
        if found.indices.second is not None:
            section.paragraph(_pairs(labels, at))
        made.append(section)
    return made


def _pairs(labels: Labels, at: int) -> str:
    """The pairs of factors that do something only together, beyond their intervals."""
    found, words = labels.found, labels.words
    second, names = found.indices.second, found.indices.names
    assert second is not None
    low, high = (np.nan_to_num(part[:, :, at]) for part in (second.low, second.high))
    sure = [(int(j), int(k)) for j, k in zip(*np.nonzero((low > 0.0) | (high < 0.0)), strict=True)]
    sure.sort(key=lambda pair: -abs(second.value[(*pair, at)]))
    if not sure:
        return words.say("sensitivity.pairs.none", pairs=len(names) * (len(names) - 1) // 2)
    return words.say(
        "sensitivity.pairs",
        pairs=words.listing(
            words.say(
                "sensitivity.pair",
                one=labels.factor(names[j], inside=True),
                other=labels.factor(names[k], inside=True),
                index=share(second, j, k, at),
            )
            for j, k in sure[:LEADERS]
        ),
    )


def spread(labels: Labels) -> list[Blocks]:
    """How far each outcome is open in the last year: what it will be, what the plan changes."""
    found, words = labels.found, labels.words
    samples = list(found.samples)[::-1]  # the narrower one first
    made = []
    for basis in found.studied.bases:
        signed = basis == "change"
        when = labels.when(found.years[-1])
        section = Blocks(labels.say(f"sensitivity.section.spread.{basis}", when=when))
        rows = []
        for place, look in enumerate(found.looks):
            if look.basis != basis:
                continue
            bands = [found.samples[name].quantiles[[0, -1], place, -1] for name in samples]
            size = float(np.max(np.abs(bands)))
            base = float(found.ends.base[place])
            cells = [look.named(words), outcome(look, base, size, signed=signed)]
            for band in bands:
                low, high = (outcome(look, float(v), size, signed=signed) for v in band)
                cells.append(f"{low} {words.say('sensitivity.to')} {high}")
            if signed:
                above = found.samples[samples[0]].above[:, place]
                value, least, most = (number(100.0 * float(v)) for v in above)
                cells.append(f"{value}% ({least}{DASH}{most}%)")
            rows.append(cells)
        heads = [labels.say(f"sensitivity.column.{key}") for key in ("outcome", "now")]
        heads += [words.say(f"sensitivity.column.band.{name}") for name in samples]
        if signed:
            heads.append(words.say("sensitivity.column.above"))
        section.table(heads, rows)
        if signed:
            section.paragraph(words.say("sensitivity.bands"))
        made.append(section)
    return made


def whole_distribution(labels: Labels) -> Blocks | None:
    """What moves the whole distribution of an outcome, by PAWN.

    Of a county, in the sample that agrees with the data: inputs tied to each other are allowed.
    """
    found, words = labels.found, labels.words
    drawn = found.samples.get("observed" if found.studied.kind == "plan" else "ranges")
    if drawn is None:
        return None
    section = Blocks(labels.say("sensitivity.section.observed", when=labels.when(found.years[-1])))
    section.paragraph(labels.say("sensitivity.observed", runs=f"{drawn.pawn.runs:,}"))
    rows = []
    for place, look in enumerate(found.looks):
        for i in _beyond_noise(drawn, place)[:4]:
            pawn = drawn.pawn
            interval = f"{number(pawn.low[i, place], 2)}{DASH}{number(pawn.high[i, place], 2)}"
            rows.append(
                [
                    look.title(words),
                    labels.number(drawn.inputs[i]),
                    f"{number(pawn.value[i, place], 2)} ({interval})",
                    number(pawn.noise[i], 2),
                    number(drawn.correlation[i, place], 2, signed=True),
                ]
            )
    section.table(
        tuple(
            words.say(f"sensitivity.column.{key}")
            for key in ("outcome", "input", "pawn", "noise", "correlation")
        ),
        rows,
        texts=(0, 1),
        strong=(2,),
    )
    return section


def _beyond_noise(drawn: Sampled, place: int) -> list[int]:
    """The inputs whose whole interval is beyond noise, the largest first."""
    order = np.argsort(-np.nan_to_num(drawn.pawn.value[:, place]), kind="stable")
    return [int(i) for i in order if drawn.pawn.low[i, place] > drawn.pawn.noise[i]]


def trust(labels: Labels, decided: Decisions | None) -> Blocks:
    """How many runs stand behind the numbers, what failed, what is assumed."""
    found, words = labels.found, labels.words
    section = Blocks(words.say("sensitivity.section.trust"))
    screening, indices = found.screening, found.indices
    runs = (screening.trajectories + screening.failed) * (len(found.factors) + 1)
    section.item(
        words.say(
            "sensitivity.trust.screening",
            factors=len(found.factors),
            trajectories=screening.trajectories + screening.failed,
            runs=f"{runs:,}",
            failed=screening.failed,
        )
    )
    step = (2 if found.asked.second else 1) * len(indices.names) + 2
    section.item(
        words.say(
            "sensitivity.trust.variance",
            factors=len(indices.names),
            rows=f"{indices.rows + indices.failed:,}",
            runs=f"{(indices.rows + indices.failed) * step:,}",
            failed=indices.failed,
        )
    )
    section.item(words.say("sensitivity.trust.ends", failed=found.ends.failed))
    if found.ends.lost:
        names = words.listing(labels.factor(name, inside=True) for name in found.ends.lost)
        section.item(words.say("sensitivity.trust.lost", names=names))
    for name, drawn in found.samples.items():
        section.item(
            words.say(
                f"sensitivity.trust.{name}", futures=f"{drawn.futures:,}", failed=drawn.failed
            )
        )
    if decided is not None:
        for key, study in (("at_ends", decided.at_ends), ("sample", decided.sample)):
            section.item(
                words.say(
                    f"sensitivity.trust.{key}",
                    done=len(study.found),
                    asked=study.asked,
                    infeasible=study.infeasible,
                    failed=study.failed,
                )
            )
        if decided.judged is not None:
            section.item(
                words.say(
                    "sensitivity.trust.knowing",
                    futures=f"{decided.judged.worth.futures:,}",
                    failed=decided.judged.failed,
                )
            )
    section.item(labels.say("sensitivity.trust.independent"))
    if found.asked.by is not By.element:
        section.item(words.say("sensitivity.trust.groups"))
    section.item(words.say("sensitivity.trust.seed", seed=found.asked.seed))
    return section
