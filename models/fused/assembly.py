"""A plan -> one LLVM module: for W runs at a time, everything from the constants to the end.

    for each group of W runs:
        constants into the workspace; what depends on them alone
        the start, or the states that were given
        for each step: what every step needs, the next states (beside the present ones);
            at saved steps the rest, and the wanted columns into the caller's memory;
            the next states become the present ones

Values stay in registers within a function and in a line of the workspace between functions.
Functions are cut to a few hundred operations, so the time to compile grows with the length
of the model and no faster.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..equations import Expr, Table
from ..plan import Plan, Statement
from . import elementary
from .formulas import Formulas
from .lookups import Lookups
from .workspace import (
    CONSTANTS,
    DT,
    FIRST,
    KEEP,
    KEPT,
    LANE,
    LAST,
    LINE,
    OUT,
    ROWS,
    START,
    STOP,
    STRIDE,
    T0,
    Mode,
    Workspace,
    active_slots,
    chunks,
    reads,
    shared_slots,
    tables_used,
)
from .writer import LANES, WIDE, Writer

SIZE = 400  # operations of one function; of 400 to 6,000 the fastest to compile and to run


@dataclass(frozen=True)
class Assembled:
    """A module's text, and what a call must know of it."""

    text: str
    lines: int
    constants: tuple[int, ...]
    tables: tuple[int, ...]
    states: tuple[int, ...]
    shared: tuple[int, ...]  # constants that must be the same in all runs


class Assembly:
    def __init__(self, plan: Plan, tables: tuple[Table, ...], mode: Mode) -> None:
        self.plan = plan
        self.mode = mode
        self.shared = shared_slots(plan) if mode.shared else frozenset()
        self.workspace = Workspace(shared=self.shared)
        self.active = active_slots(plan, mode, self.shared)
        self.used = tables_used(plan)
        self.lookups = Lookups(tables, self.used, mode, self.workspace)
        self.pieces: list[str] = []
        self.arrays: list[str] = []

    def assemble(self) -> Assembled:
        plan = self.plan
        stages: dict[str, list[list[Statement]]] = {
            "derive": chunks(plan.derived, SIZE),
            "begin": chunks(plan.before, SIZE),
            "step": chunks([*plan.stepping, *((~i, expr) for i, expr in plan.moving)], SIZE),
            "save": chunks(plan.saving, SIZE),
        }
        self._lay_out(stages)
        calls = {name: self._stage(name, parts) for name, parts in stages.items()}
        main = self._main(calls)
        text = "\n".join(
            [
                *self.arrays,
                elementary.functions(),
                self.lookups.functions(),
                *self.pieces,
                main,
                elementary.ATTRIBUTES,
            ]
        )
        return Assembled(
            text,
            self.workspace.lines,
            plan.constants,
            tuple(self.used),
            plan.states,
            tuple(sorted(self.shared.intersection(plan.constants))),
        )

    # -- lines ------------------------------------------------------------------------------

    def _lay_out(self, stages: dict[str, list[list[Statement]]]) -> None:
        """Lines for what one function leaves to another, or to the caller."""
        plan, hold = self.plan, self.workspace.hold
        for index in (*plan.states, *plan.constants):
            hold(index, index in self.active)
        pieces = [piece for parts in stages.values() for piece in parts]
        needed = [reads(piece) for piece in pieces]
        wanted = set(plan.columns)
        for place, piece in enumerate(pieces):
            elsewhere = set().union(wanted, *needed[:place], *needed[place + 1 :])
            for index, _ in piece:
                if index in elsewhere:
                    hold(index, index in self.active)
        for index, _ in plan.moving:
            hold(~index, index in self.active)
        space = self.workspace
        for index, _ in plan.moving:
            space.pairs.append((space.values[~index], space.values[index]))
            if index in space.slopes:
                space.pairs.append((space.slopes[~index], space.slopes[index]))

    # -- stages -----------------------------------------------------------------------------

    def _stage(self, name: str, parts: list[list[Statement]]) -> list[str]:
        """Functions of a stage; the calls that run it."""
        calls = []
        for place, statements in enumerate(parts):
            w = Formulas(self.workspace, self.lookups)
            for index, expr in statements:
                self._statement(w, index, expr)
            w.do("ret void")
            function = f"@{name}{place}"
            arguments = "(ptr noalias %ws, ptr noalias %ctx, double %t, double %dt)"
            self.pieces.append(w.function(f"define internal fastcc void {function}{arguments} #0"))
            calls.append(f"call fastcc void {function}(ptr %ws, ptr %ctx, double %t, double %dt)")
        return calls

    def _statement(self, w: Formulas, index: int, expr: Expr) -> None:
        made = w.number(expr)
        space = self.workspace
        if index >= 0:
            w.known[index] = made
        if index in space.values:
            w.store_line(space.values[index], made.value)
        if index in space.slopes:
            if made.slope is None:
                w.store("%ws", space.slopes[index], WIDE, "zeroinitializer", LINE)
            else:
                w.store_line(space.slopes[index], made.slope)

    # -- the loop ---------------------------------------------------------------------------

    def _array(self, name: str, numbers: list[int]) -> str:
        listed = ", ".join(f"i64 {n}" for n in numbers)
        self.arrays.append(f"@{name} = internal constant [{len(numbers)} x i64] [{listed}]")
        return f"@{name}"

    def _offsets(self, name: str, slots: Sequence[int]) -> tuple[str, str]:
        """Arrays of the lines of values and of slopes; of what has none, line 1, all zeros."""
        space = self.workspace
        values = self._array(name, [space.values[i] for i in slots])
        slopes = self._array(f"{name}s", [space.slopes.get(i, space.zero) for i in slots])
        return values, slopes

    def _main(self, calls: dict[str, list[str]]) -> str:
        w = Writer()
        w.do(f"%t0 = load double, ptr {w.at('%ctx', T0)}, align 8")
        w.do(f"%dt = load double, ptr {w.at('%ctx', DT)}, align 8")
        first, last = w.load("%ctx", FIRST, "i64"), w.load("%ctx", LAST, "i64")
        keep, rows = w.load("%ctx", KEEP, "i64"), w.load("%ctx", ROWS, "ptr")
        start, kept = w.load("%ctx", START, "ptr"), w.load("%ctx", KEPT, "ptr")
        w.store("%ws", self.workspace.zero, WIDE, "zeroinitializer", LINE)
        w.go("group")
        w.lines.append("group:")
        w.lines.append("  %g = phi i64 [0, %entry], [%g1, %done]")
        w.lines.append("  %g1 = add i64 %g, 1")
        lane = w.integer("add", "%lane", w.integer("mul", "%g", LANES))
        w.store("%ws", LANE, "i64", lane)
        self.lookups.reset(w)
        described = w.load("%ctx", CONSTANTS, "ptr")
        self._fetch(w, "constants", self.plan.constants, described, lane, self.mode.constants)
        w.go("derive")
        w.start("derive")
        for call in calls["derive"]:
            w.do(call.replace("%t,", "%t0,"))
        w.branch(w.put(f"icmp eq ptr {start}, null"), "begin", "resume")
        w.start("begin")
        for call in calls["begin"]:
            w.do(call.replace("%t,", "%t0,"))
        w.go("run")
        w.start("resume")
        self._fetch(w, "states", self.plan.states, start, lane, self.mode.dual)
        w.go("run")
        w.start("run")
        w.go("step")
        w.lines.append("step:")
        w.lines.append(f"  %k = phi i64 [{first}, %run], [%k1, %shifted]")
        w.lines.append("  %k1 = add i64 %k, 1")
        stopped = w.put(f"load atomic i64, ptr {w.at('%ctx', STOP)} monotonic, align 8")
        w.branch(w.put(f"icmp eq i64 {stopped}, 0"), "compute", "end")
        w.start("compute")
        gone = w.put("sitofp i64 %k to double")
        w.do(f"%kdt = fmul double {gone}, %dt")
        w.do("%t = fadd double %t0, %kdt")
        for call in calls["step"]:
            w.do(call)
        w.branch(w.put(f"icmp eq i64 %k, {keep}"), "keep", "row")
        w.start("keep")
        self._put_states(w, kept, lane)
        w.go("row")
        w.start("row")
        place = w.integer("mul", w.integer("sub", "%k", first), 8)
        row = w.load(rows, place, "i64")
        w.branch(w.put(f"icmp sge i64 {row}, 0"), "save", "next")
        w.start("save")
        for call in calls["save"]:
            w.do(call)
        self._put_columns(w, row, lane)
        w.go("next")
        w.start("next")
        w.branch(w.put(f"icmp eq i64 %k, {last}"), "done", "shift")
        w.start("shift")
        self._shift(w)
        w.go("step")
        w.start("done")
        w.branch(w.put("icmp slt i64 %g1, %groups"), "group", "end")
        w.start("end")
        w.do("ret void")
        head = "define void @simulate(ptr %ctx, ptr noalias %ws, i64 %lane, i64 %groups)"
        return w.function(f"{head} #2")

    def _loop(self, w: Writer, count: int) -> tuple[str, str, str]:
        """Begin a loop; the counter's name, and the labels of its end and of what follows."""
        before, head, after = w.label(), w.label(), w.label()
        i = w.name()
        w.go(before)
        w.start(before)
        w.go(head)
        w.lines.append(f"{head}:")
        w.lines.append(f"  {i} = phi i64 [0, %{before}], [{i}n, %{head}]")
        w.lines.append(f"  {i}n = add i64 {i}, 1")
        return i, head, after

    def _close(self, w: Writer, loop: tuple[str, str, str], count: int) -> None:
        i, head, after = loop
        w.branch(w.put(f"icmp ult i64 {i}n, {count}"), head, after)
        w.start(after)

    def _element(self, w: Writer, array: str, i: str) -> str:
        address = w.put(f"getelementptr i64, ptr {array}, i64 {i}")
        return w.put(f"load i64, ptr {address}, align 8")

    def _fetch(
        self, w: Writer, name: str, slots: Sequence[int], described: str, lane: str, slopes: bool
    ) -> None:
        """Lines from the caller's arrays: three words each, values, slopes, lanes' distance."""
        if not slots:
            return
        lines, slope_lines = self._offsets(name, slots)
        loop = self._loop(w, len(slots))
        place = w.integer("mul", loop[0], 24)
        row = w.at(described, place)
        shift = w.integer("mul", lane, w.load(row, 16, "i64"))
        for part, array in enumerate((lines, slope_lines)[: 2 if slopes else 1]):
            value = w.load(w.load(row, 8 * part, "ptr"), shift, WIDE)
            w.store("%ws", self._element(w, array, loop[0]), WIDE, value, LINE)
        self._close(w, loop, len(slots))
        w.store("%ws", self.workspace.zero, WIDE, "zeroinitializer", LINE)

    def _shift(self, w: Writer) -> None:
        """The next states become the present ones."""
        pairs = self.workspace.pairs
        if pairs:
            sources = self._array("next", [source for source, _ in pairs])
            targets = self._array("present", [target for _, target in pairs])
            loop = self._loop(w, len(pairs))
            value = w.load("%ws", self._element(w, sources, loop[0]), WIDE, LINE)
            w.store("%ws", self._element(w, targets, loop[0]), WIDE, value, LINE)
            self._close(w, loop, len(pairs))
        w.go("shifted")
        w.start("shifted")

    def _put_states(self, w: Writer, kept: str, lane: str) -> None:
        if not self.plan.states:
            return
        lines, slopes = "@states", "@statess"
        loop = self._loop(w, len(self.plan.states))
        row = w.at(kept, w.integer("mul", loop[0], 16))
        shift = w.integer("mul", lane, 8)
        for part, array in enumerate((lines, slopes)[: 2 if self.mode.dual else 1]):
            value = w.load("%ws", self._element(w, array, loop[0]), WIDE, LINE)
            w.store(w.load(row, 8 * part, "ptr"), shift, WIDE, value)
        self._close(w, loop, len(self.plan.states))

    def _put_columns(self, w: Writer, row: str, lane: str) -> None:
        count = len(self.plan.columns)
        if not count:
            return
        lines, slopes = self._offsets("columns", self.plan.columns)
        size = 16 if self.mode.dual else 8
        stride = w.load("%ctx", STRIDE, "i64")
        target = w.load("%ctx", OUT, "ptr")
        loop = self._loop(w, count)
        place = w.integer("add", w.integer("mul", row, count), loop[0])
        place = w.integer("add", w.integer("mul", place, stride), lane)
        place = w.integer("mul", place, size)
        value = w.load("%ws", self._element(w, lines, loop[0]), WIDE, LINE)
        if self.mode.dual:
            slope = w.load("%ws", self._element(w, slopes, loop[0]), WIDE, LINE)
            order = ", ".join(f"i32 {i}, i32 {i + LANES}" for i in range(LANES))
            both = w.put(
                f"shufflevector {WIDE} {value}, {WIDE} {slope}, <{2 * LANES} x i32> <{order}>"
            )
            w.store(target, place, f"<{2 * LANES} x double>", both)
        else:
            w.store(target, place, WIDE, value)
        self._close(w, loop, count)
