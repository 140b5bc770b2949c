"""A robust plan in words and tables, for the terminal and for the page."""

from __future__ import annotations

from optimize.uncertainty.risk import Estimate
from scenarios.report.blocks import Blocks
from scenarios.robust.study import PLANS, Study
from scenarios.words import Words, number


def rule(words: Words, name: str) -> str:
    """What a rule is called."""
    return words.say(f"rule.{name}.name")


def points(found: Estimate, *, signed: bool = False) -> str:
    """A number of points with its interval."""
    ends = (number(end, 3, signed=signed) for end in (found.low, found.high))
    return f"{number(found.value, 3, signed=signed)} [{', '.join(ends)}]"


def shares(words: Words, found: Estimate) -> str:
    """A share of the futures with its interval."""
    low, high = (number(100.0 * end, 1) for end in (found.low, found.high))
    return f"{words.percent(found.value)} [{low}, {high}]"


def sentences(study: Study, words: Words) -> list[str]:
    """What planning over futures brings, and what it does not; the answer first."""
    found, both = study.against, study.judged
    said = [
        words.say(
            f"robust.verdict.{study.verdict}",
            change=number(abs(found.aim.value), 3),
            low=number(-found.aim.high, 3, signed=True),
            high=number(-found.aim.low, 3, signed=True),
            fresh=number(study.fresh),
        )
    ]
    if study.regrets is not None:
        regrets = study.regrets
        said.insert(
            0,
            words.say(
                "robust.largest_regret",
                number=regrets.values.shape[1],
                nominal=number(regrets.largest("nominal"), 3),
                robust=number(regrets.largest("robust"), 3),
            ),
        )
    if study.gained:
        said.append(
            words.say(
                "robust.gained",
                rules=words.listing(rule(words, name) for name in study.gained),
                share=words.percent(float(study.answer.asked.max(initial=0.0)), 0),
            )
        )
    if both[1].rules:
        said.append(
            words.say(
                "robust.all_rules",
                robust=words.percent(both[1].all_rules.value),
                nominal=words.percent(both[0].all_rules.value),
            )
        )
    if both[1].all_rules.high < both[0].all_rules.low:
        said.append(words.say("robust.lost"))
    if study.missed:
        missed = words.listing(rule(words, name) for name in study.missed)
        said.append(words.say("robust.missed", rules=missed))
    if study.answer.stop != "done":
        said.insert(0, words.say(f"stop.{study.answer.stop}"))
    over = study.over_past[1].mean
    said.append(
        words.say(
            "robust.over_past.better" if over.value < 0.0 else "robust.over_past.worse",
            change=number(abs(over.value), 3),
            share=words.percent(study.over_past[1].better.value),
        )
    )
    return said


def verdict(study: Study, words: Words) -> Blocks:
    """The same as a section."""
    return Blocks.listing(words.say("robust.section.verdict"), sentences(study, words))


def aims(study: Study, words: Words) -> Blocks:
    """The aim of every plan on fresh futures, and the differences."""
    section = Blocks(words.say("robust.section.aims"))
    tail = words.say("robust.column.tail", share=words.percent(1.0 - study.risk.level, 0))
    rows = [
        [words.say(f"robust.plan.{plan}"), points(j.mean), points(j.tail)]
        for plan, j in zip(PLANS, study.judged, strict=True)
    ]
    less = study.against
    rows.append(
        [
            words.say("robust.less"),
            points(less.mean, signed=True),
            points(less.tail, signed=True),
        ]
    )
    names = (words.say("robust.column.plan"), words.say("robust.column.mean"), tail)
    section.table(names, rows, foot=1)
    section.paragraph(
        words.say(
            "robust.how_judged",
            fresh=number(study.fresh),
            better=words.percent(study.against.better.value),
        )
    )
    return section


def rules(study: Study, words: Words) -> Blocks:
    """In what share of the fresh futures each rule holds."""
    section = Blocks(words.say("robust.section.rules"))
    nominal, robust, _ = study.judged
    rows = [
        [
            rule(words, name),
            words.percent(float(asked), 0),
            shares(words, one),
            shares(words, other),
        ]
        for name, asked, one, other in zip(
            study.told.rules, study.answer.asked, nominal.rules, robust.rules, strict=True
        )
    ]
    rows.append(
        [
            words.say("robust.all"),
            "",
            shares(words, nominal.all_rules),
            shares(words, robust.all_rules),
        ]
    )
    columns = ("rule", "asked", "nominal", "robust")
    section.table([words.say(f"robust.column.{key}") for key in columns], rows, foot=1)
    section.paragraph(words.say("robust.what_holds"))
    return section


def regrets(study: Study, words: Words) -> Blocks:
    """How far the plans stay behind what would have been best in each future."""
    section = Blocks(words.say("robust.section.regrets"))
    found = study.regrets
    if found is None:
        return section
    section.table(
        [words.say(f"robust.column.{key}") for key in ("plan", "mean_regret", "largest_regret")],
        [
            [words.say(f"robust.plan.{plan}"), points(mean), number(found.largest(plan), 3)]
            for plan, mean in zip(found.plans, found.means, strict=True)
        ],
    )
    size = found.values.shape[1]
    section.paragraph(words.say("robust.what_regret", number=size, failed=found.failed))
    return section


def method(study: Study, words: Words) -> Blocks:
    """What was asked, how it was searched for, and what that leaves open."""
    section = Blocks(words.say("robust.section.method"))
    key = "regret" if study.tried else "mean_and_tail"
    section.item(
        words.say(
            f"robust.asked.{key}",
            futures=number(study.number),
            tried=study.tried,
            mean=words.percent(1.0 - study.risk.weight, 0),
            weight=words.percent(study.risk.weight, 0),
            share=words.percent(1.0 - study.risk.level, 0),
        )
    )
    wanted = zip(study.answer.rules, study.answer.asked, study.answer.used, strict=True)
    used = [
        words.say("robust.used.one", rule=rule(words, name), share=words.percent(float(share)))
        for name, asked, share in wanted
        if share > asked  # a search that was interrupted need not have asked for more yet
    ]
    if used:
        listed = words.listing(used)
        section.item(words.say("robust.used", second=number(study.second), rules=listed))
    promised = words.percent(study.answer.promised, 2)
    section.item(words.say("robust.search", steps=study.answer.steps, promised=promised))
    section.item(words.say("robust.limits"))
    return section
