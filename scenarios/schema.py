"""The form of a scenario file: one frozen class a section, closed to unknown keys.

Money is in 10,000 yuan (万元) at constant 2020 prices, written as a number or as text with a
unit. Shares are between 0 and 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    TypeAdapter,
)
from pydantic_core import PydanticCustomError

from optimize.rules.payments import is_profile
from scenarios.money import parse_money
from scenarios.toml_text import Keys


def money(value: object) -> object:
    """Text with a unit becomes a number; anything else is left to the checks that follow."""
    if isinstance(value, str):
        try:
            return parse_money(value)
        except ValueError:
            raise PydanticCustomError("money_text", "not an amount of money") from None
    return value


def year(value: object) -> object:
    """Keys of TOML tables are text; a year among them becomes a whole number."""
    return int(value) if isinstance(value, str) and value.isdecimal() else value


Money = Annotated[float, BeforeValidator(money), Field(ge=0.0)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Year = Annotated[int, BeforeValidator(year), Field(ge=1900, le=2200)]

# One value, or a table of them: told apart by looking, so that each is checked as what it is.
ONE, TABLE = "(one)", "(table)"
one_or_table = Discriminator(lambda value: TABLE if isinstance(value, dict) else ONE)
MoneyByYear = Annotated[dict[Year, Money], Field(min_length=1)]
Budget = Annotated[Annotated[Money, Tag(ONE)] | Annotated[MoneyByYear, Tag(TABLE)], one_or_table]
ByElement = Annotated[dict[str, float], Field(min_length=1)]
Parameter = Annotated[Annotated[float, Tag(ONE)] | Annotated[ByElement, Tag(TABLE)], one_or_table]
Series = Annotated[dict[Year, float], Field(min_length=1)]
AtLeast = Annotated[float, Field(ge=0.0)]
AtLeastByYear = Annotated[dict[Year, AtLeast], Field(min_length=1)]
Target = Annotated[
    Annotated[AtLeast, Tag(ONE)] | Annotated[AtLeastByYear, Tag(TABLE)], one_or_table
]


def profile(shares: list[float]) -> list[float]:
    """Shares of what is committed that are paid from year to year; they add up to the whole."""
    if not is_profile(shares, PROFILE_YEARS):
        raise PydanticCustomError("payment_shares", "not the shares of a payment profile")
    return shares


PROFILE_YEARS = 12  # plan years that a payment profile must be good for
Profile = Annotated[list[Share], AfterValidator(profile)]


NUMBERS = ConfigDict(strict=True, allow_inf_nan=False)


class Section(BaseModel):
    """Frozen; unknown keys, text for numbers, infinities are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Identity(Section):
    """``[scenario]``: what it is called and which model it runs (default: the county's).

    ``figures`` names a file with the figures of another county (see :mod:`scenarios.figures`).
    """

    name: Annotated[str, Field(pattern=r"^[\w.-]+$")]
    title_zh: str
    title_en: str
    model: str | None = None
    figures: str | None = None


class PlanYears(Section):
    """``[plan]``: the years decided, both included, and the plan it is compared with.

    ``judged_until`` lets the aims look beyond the last year, while the money of that year goes
    on; without it works begun late would seem worthless. The rules hold in the plan years.
    """

    first_year: Year
    last_year: Year
    past_practice: str
    judged_until: Year | None = None

    @property
    def years(self) -> tuple[int, ...]:
        """The plan years in order."""
        return tuple(range(self.first_year, self.last_year + 1))

    @property
    def last_judged(self) -> int:
        """The last year whose outcomes count."""
        return self.last_year if self.judged_until is None else self.judged_until

    @property
    def judged_years(self) -> tuple[int, ...]:
        """The years whose outcomes count, in order."""
        return tuple(range(self.first_year, self.last_judged + 1))


class Purse(Section):
    """``[money]``: what there is to spend in a year, one amount or a table by year.

    ``left_over`` is what budgets of years before the plan left unspent, by their year; the rule
    ``carry_over`` says how long it may be used.
    """

    budget: Budget
    left_over: dict[Year, Money] = {}

    def budgets(self, years: tuple[int, ...]) -> dict[int, float]:
        """The budget of each of ``years``; KeyError when a table lacks one."""
        if isinstance(self.budget, dict):
            return {year: self.budget[year] for year in years}
        return dict.fromkeys(years, self.budget)


class Objective(Section):
    """``[objective]``: weights, in percentage points of structure gap for one unit of each.

    ``balance`` for one point of mean structure gap; the others for 1 % of past practice's value.
    """

    balance: Annotated[float, Field(ge=0.0)] = 1.0
    farmers_income: Annotated[float, Field(ge=0.0)] = 0.0
    farmers_worst_year: Annotated[float, Field(ge=0.0)] = 0.0
    partner_gain: Annotated[float, Field(ge=0.0)] = 0.0


class Search(Section):
    """``[search]``: how hard to look. ``time_limit`` in seconds."""

    starts: Annotated[int, Field(ge=1, le=10_000)] = 32
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = 1
    time_limit: Annotated[float, Field(gt=0.0)] = 60.0


class Uncertainty(Section):
    """``[uncertainty]``: how much weather and outside prices vary from year to year.

    Coefficients of variation of the farm yield and of every outside price, each year drawn apart
    from the others. The model's own numbers vary within the ranges of its catalogue, or as in
    ``sample``: a table of sets of numbers that agree with what was observed
    (:mod:`scenarios.parameter_sets`).
    """

    yield_variation: Annotated[float, Field(ge=0.0, le=0.5)] = 0.3
    price_variation: Annotated[float, Field(ge=0.0, le=0.5)] = 0.15
    sample: str | None = None
    source: str = ""


class Projects(Section):
    """``[projects]``: the library to choose from (see :mod:`scenarios.project_csv`).

    ``small_budgets`` is the share of a year's budget that may go through an instrument outside
    of projects; an instrument that it does not name is not tied to projects. ``begun`` are the
    projects that were begun before the plan, with their years: what they still cost is paid.
    """

    library: str
    on: bool = True
    leave_out: list[str] = []
    small_budgets: dict[str, Share] = {}
    begun: dict[str, list[Year]] = {}


class Rule(Section):
    """``[rules.<id>]``: every rule can be switched off and says where it comes from."""

    on: bool = True
    source: str = ""

    def fields(self) -> dict[str, Any]:
        """What ``optimize.rules.build`` is given: the rule's own fields that are set."""
        return self.model_dump(exclude_none=True)


class TotalBudget(Rule):
    amount: Money


class CarryOver(Rule):
    years: Annotated[int, Field(ge=0, le=20)] = 2


class ProductiveShare(Rule):
    at_least: Share = 0.60


class BySector(Rule):
    """A share for each sector named; the others are free."""

    agriculture: Share | None = None
    industry: Share | None = None
    services: Share | None = None


class ByInstrument(Rule):
    """A share for each instrument named. Which instruments there are, the model says."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Share] = Field(init=False)

    @property
    def named(self) -> Iterator[Keys]:
        """Where instruments are named: keys within the rule, the last of them the instrument."""
        return ((name,) for name in self.__pydantic_extra__)


Shares = Annotated[dict[str, Share], Field(min_length=1)]


class MinimumSize(Rule):
    """A least amount for each instrument named, one for the others."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Money] = Field(init=False)
    at_least: Money = 50.0

    @property
    def named(self) -> Iterator[Keys]:
        """As :attr:`ByInstrument.named`."""
        return ((name,) for name in self.__pydantic_extra__)


class BySectorAndInstrument(Rule):
    """For each sector named, a share for each instrument named."""

    agriculture: Shares | None = None
    industry: Shares | None = None
    services: Shares | None = None

    @property
    def named(self) -> Iterator[Keys]:
        """As :attr:`ByInstrument.named`."""
        tables = {"agriculture": self.agriculture, "industry": self.industry}
        tables["services"] = self.services
        return ((sector, name) for sector, table in tables.items() for name in table or ())


class YearlyChange(Rule):
    at_most: Annotated[float, Field(gt=0.0)] = 0.3
    of: Literal["budget", "last year"] = "budget"


class PaymentProfile(Rule):
    shares: Profile = [0.5, 0.3, 0.2]


class AbsorptiveCapacity(Rule):
    agriculture: Money | None = None
    industry: Money | None = None
    services: Money | None = None


class ByYear(Rule):
    """Targets that may differ by year."""

    at_least: Target

    @property
    def targets(self) -> Mapping[str, object]:
        """The targets by their key."""
        return {"at_least": self.at_least}


class AssessmentIndicators(ByYear):
    """A target for each indicator named, one for the others. The model says which there are."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Target] = Field(init=False)
    at_least: Target = 1.0

    @property
    def targets(self) -> Mapping[str, object]:
        """The targets by their key."""
        return {"at_least": self.at_least, **self.__pydantic_extra__}


class FarmersWorstYear(Rule):
    at_least_share_of_past_practice: Annotated[float, Field(ge=0.0)] = 1.0


RULES: Mapping[str, type[Rule]] = {
    "yearly_budget": Rule,
    "total_budget": TotalBudget,
    "carry_over": CarryOver,
    "not_below_last_year": Rule,
    "productive_share": ProductiveShare,
    "productive_share_not_below_last_year": Rule,
    "sector_floor": BySector,
    "sector_ceiling": BySector,
    "instrument_floor": ByInstrument,
    "instrument_ceiling": ByInstrument,
    "sector_instrument_floor": BySectorAndInstrument,
    "sector_instrument_ceiling": BySectorAndInstrument,
    "minimum_size": MinimumSize,
    "yearly_change": YearlyChange,
    "payment_profile": PaymentProfile,
    "absorptive_capacity": AbsorptiveCapacity,
    "assessment_score": ByYear,
    "assessment_indicators": AssessmentIndicators,
    "farmers_worst_year": FarmersWorstYear,
    "farmers_not_worse": Rule,
    "w_not_worse": Rule,
    "m_not_worse": Rule,
}

PARAMETER: TypeAdapter[float | dict[str, float]] = TypeAdapter(Parameter, config=NUMBERS)
SERIES: TypeAdapter[dict[int, float]] = TypeAdapter(Series, config=NUMBERS)

# The yearly agreement: an amount in the indicator's own unit, for all plan years or by year.
Positive = Annotated[float, Field(gt=0.0)]
PositiveMoney = Annotated[float, BeforeValidator(money), Field(gt=0.0)]
PositiveByYear = Annotated[dict[Year, Positive], Field(min_length=1)]
PositiveMoneyByYear = Annotated[dict[Year, PositiveMoney], Field(min_length=1)]
Agreed = Annotated[
    Annotated[Positive, Tag(ONE)] | Annotated[PositiveByYear, Tag(TABLE)], one_or_table
]
AgreedMoney = Annotated[
    Annotated[PositiveMoney, Tag(ONE)] | Annotated[PositiveMoneyByYear, Tag(TABLE)], one_or_table
]
AGREED: TypeAdapter[float | dict[int, float]] = TypeAdapter(Agreed, config=NUMBERS)
AGREED_MONEY: TypeAdapter[float | dict[int, float]] = TypeAdapter(AgreedMoney, config=NUMBERS)
GROWTH: TypeAdapter[float | dict[int, float]] = TypeAdapter(float, config=NUMBERS)

SECTIONS: Mapping[str, type[Section]] = {
    "scenario": Identity,
    "plan": PlanYears,
    "money": Purse,
    "objective": Objective,
    "search": Search,
    "uncertainty": Uncertainty,
    "projects": Projects,
}
REQUIRED = ("scenario", "plan", "money")
# Their keys are names, checked apart.
OPEN_SECTIONS = ("rules", "parameters", "exogenous", "agreement")
