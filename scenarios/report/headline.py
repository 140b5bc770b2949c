"""The answer in a few sentences: what changes against past practice, with sizes that add up."""

from __future__ import annotations

from collections.abc import Sequence

from scenarios.report.effects import Effect, effect, shift
from scenarios.report.result import Result
from scenarios.words import Words, number, significant


def answer(result: Result, words: Words) -> str:
    """Where the money goes, what that does to the structure, and to farmers."""
    return words.join(*lead(result, words))


def lead(result: Result, words: Words) -> tuple[str, str]:
    """The same as the answer in one sentence, and what it brings."""
    brings = words.join(_balance(result, words), _farmers(result, words))
    return words.say("sentence", text=moves(result, words)), brings


def moves(result: Result, words: Words) -> str:
    """The money against past practice, a year on average, without a full stop."""
    moved = shift(result)
    if moved.extra:
        return _unequal(result, words)
    if not moved.gains or not moved.losses:
        return words.say("summary.answer.same")
    sides = {
        key: words.listing(
            words.place(place) if len(items) == 1 else _part(words, words.place(place), amount)
            for place, amount in items
        )
        for key, items in (("gains", moved.main_gains), ("losses", moved.main_losses))
    }
    return words.say("summary.answer.move", amount=words.money(moved.moved), **sides)


def _unequal(result: Result, words: Words) -> str:
    """Money in all is more or less than past practice's: its own size, then every change."""
    moved = shift(result)
    more = moved.extra > 0
    mine, others = (moved.gains, moved.losses) if more else (moved.losses, moved.gains)
    key = f"summary.answer.{'more' if more else 'less'}"
    amount, changes = _exact(words, abs(moved.extra)), _changes(words, mine, 1.0 if more else -1.0)
    if not others:
        return words.say(f"{key}_only", amount=amount, changes=changes)
    names = words.listing(
        words.place(place)
        if len(others) == 1
        else _part(words, words.place(place), size, exact=True)
        for place, size in others
    )
    size = _exact(words, moved.moved)
    return words.say(key, amount=amount, changes=changes, others=names, moved=size)


def _changes(words: Words, items: Sequence[tuple[str, float]], sign: float) -> str:
    """Places with their changes, in the unit that the sentence ends with."""
    texts = [
        f"{words.place(place)} {_in_unit(words, sign * amount, signed=True)}"
        for place, amount in items
    ]
    return ("、" if words.chinese else ", ").join(texts)


def _in_unit(words: Words, amount: float, *, signed: bool = False) -> str:
    """10,000 yuan in Chinese, million yuan in English: to the same place, so sums agree."""
    if words.chinese:
        return number(amount, signed=signed)
    return number(amount / 100, 2, signed=signed)


def _exact(words: Words, amount: float) -> str:
    return words.say("summary.answer.amount", amount=_in_unit(words, amount))


def _part(words: Words, name: str, amount: float, *, exact: bool = False) -> str:
    change = _exact(words, amount) if exact else words.money(amount)
    return f"{name}（{change}）" if words.chinese else f"{name} ({change})"


def _balance(result: Result, words: Words) -> str:
    gap = effect(result, "gap_last")
    if gap is None:
        return ""
    digits = max(2, min(4, significant(gap.change, 2)))
    texts = {plan: number(value, digits) for plan, value in gap.values.items()}
    none = gap.values.get("no_cooperation")
    first = words.say(
        f"summary.answer.gap_{gap.direction}",
        year=result.plan_years[-1],
        past=texts["past_practice"],
        plan=texts["optimal"],
    )
    if none is None:
        return first
    return words.join(
        first,
        words.say(
            "summary.answer.money",
            none=texts["no_cooperation"],
            plan_worth=number(gap.values["optimal"] - none, digits, signed=True),
            past_worth=number(gap.values["past_practice"] - none, digits, signed=True),
        ),
    )


def _farmers(result: Result, words: Words) -> str:
    said = farmers(result, words)
    return words.say("sentence", text=said) if said else ""


def farmers(result: Result, words: Words) -> str:
    """Farmers' income and what would be left of it in a drought, without a full stop."""
    mean, dry = effect(result, "income"), effect(result, "income_if_dry")
    if mean is None or dry is None:
        return ""
    return words.say(
        f"summary.answer.farmers_{_direction(mean)}",
        change=number(abs(mean.change)),
        dry=number(dry.values["optimal"]),
        dry_change=number(dry.change, signed=True),
    )


def _direction(item: Effect) -> str:
    """As the sentence reads: a change that rounds to nothing is none."""
    return "same" if round(abs(item.change)) == 0 else item.direction
