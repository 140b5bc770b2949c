"""Lookups as LLVM text.

Most tables of a model are read at a time, which all runs share. Tables with the same points
that are read at the same argument form a group: one function moves a cursor along the points
(each step hardly ever further than to the next), and only when it moved reads the two values
on either side of every table of the group, for W runs, and their slope. Tables that are read
at an argument that differs between runs are compared lane by lane.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ..equations import Expr, Table
from .formulas import ZERO, Dual, Formulas
from .workspace import LANE, TABLES, Mode, Workspace
from .writer import LANES, WIDE, WIDE_INT, Value, Writer, literal, number, splat_text

FEW = 8  # points up to which every point is compared
Along = Callable[[int, Value], tuple[Value, Value]]
TABLE_WORDS = 3  # values, slopes of values, doubles from one run to the next


@dataclass
class _Group:
    """Tables with the same points, read at the same argument."""

    number: int
    x: tuple[float, ...]
    cursor: int  # byte offset of the line with the cursor and the distance from its point
    places: dict[int, int] = field(default_factory=dict)  # table -> lines: y, slope (and theirs)


class Lookups:
    """The tables of a program, and the functions that reading them takes."""

    def __init__(self, tables: tuple[Table, ...], used: list[int], mode: Mode, ws: Workspace):
        self.tables = tables
        self.used = used
        self.dual = mode.tables
        self.workspace = ws
        self.groups: dict[tuple[tuple[float, ...], Expr], _Group] = {}
        self.packed: dict[int, int] = {}  # table -> lines of its values, for few points
        self.points: dict[tuple[float, ...], str] = {}  # name of a global array

    def __call__(self, formulas: Formulas, table: int, argument: Expr) -> Dual:
        x = formulas.number(argument)
        if not x.value.wide:
            return self._shared(formulas, table, argument, x.value)
        if len(self.tables[table].x) <= FEW:
            return self._few(formulas, table, x)
        return self._many(formulas, table, x)

    def _points(self, x: tuple[float, ...]) -> str:
        return self.points.setdefault(x, f"@points{len(self.points)}")

    # -- one argument for all lanes ---------------------------------------------------------

    def _shared(self, w: Formulas, table: int, argument: Expr, x: Value) -> Dual:
        points = self.tables[table].x
        if len(points) == 1:
            return self._few(w, table, Dual(x))
        group = self.groups.get((points, argument))
        if group is None:
            group = _Group(len(self.groups), points, self.workspace.line())
            self.groups[points, argument] = group
        place = group.places.get(table)
        if place is None:
            place = group.places[table] = self.workspace.line(4 if self.dual else 2)
        if group.number not in w.sought:
            w.sought.add(group.number)
            w.do(f"call fastcc void @seek{group.number}(ptr %ws, ptr %ctx, double {x.text})")
        beyond = Value(w.load("%ws", group.cursor + 8, "double"), False)
        still = w.compare("oeq", beyond, ZERO)

        def line(first: int) -> Value:
            y, slope = w.load_line(first), w.load_line(first + 8 * LANES)
            return w.select(still, y, w.add(w.mul(slope, beyond), y))

        return Dual(line(place), line(place + 16 * LANES) if self.dual else None)

    def _seek(self, group: _Group) -> str:
        """The function that finds the place of the argument among a group's points."""
        w = Writer()
        last = len(group.x) - 1
        points = self._points(group.x)
        old = w.load("%ws", group.cursor, "i64")
        first = w.integer("add", old, 0)
        fresh = w.put(f"icmp slt i64 {first}, 0")
        begin = w.put(f"select i1 {fresh}, i64 0, i64 {first}")
        up, higher, down, lower, found = (w.label() for _ in range(5))
        w.go(up)
        w.lines.append(f"{up}:")
        w.lines.append(f"  %j = phi i64 [{begin}, %entry], [%above, %{higher}]")
        w.lines.append("  %above = add i64 %j, 1")
        top = w.put(f"icmp slt i64 %j, {last}")
        over = w.put(f"select i1 {top}, i64 %above, i64 %j")
        reached = w.compare("ole", Value(self._point(w, points, over), False), Value("%x", False))
        w.branch(w.put(f"and i1 {top}, {reached.text}"), higher, down)
        w.start(higher)
        w.go(up)
        w.lines.append(f"{down}:")
        w.lines.append(f"  %i = phi i64 [%j, %{up}], [%below, %{lower}]")
        w.lines.append("  %below = sub i64 %i, 1")
        bottom = w.put("icmp sgt i64 %i, 0")
        beyond = w.compare("ogt", Value(self._point(w, points, "%i"), False), Value("%x", False))
        w.branch(w.put(f"and i1 {bottom}, {beyond.text}"), lower, found)
        w.start(lower)
        w.go(down)
        w.start(found)
        x = Value("%x", False)
        inside = w.select(w.compare("olt", x, number(group.x[0])), number(group.x[0]), x)
        inside = w.select(
            w.compare("ogt", inside, number(group.x[-1])), number(group.x[-1]), inside
        )
        here = Value(self._point(w, points, "%i"), False)
        w.store("%ws", group.cursor + 8, "double", w.sub(inside, here).text)
        move, done = w.label(), w.label()
        w.branch(w.put(f"icmp ne i64 %i, {old}"), move, done)
        w.start(move)
        w.store("%ws", group.cursor, "i64", "%i")
        following = w.integer("add", "%i", 1)
        ended = w.put(f"icmp sge i64 %i, {last}")
        following = w.put(f"select i1 {ended}, i64 %i, i64 {following}")
        gap = w.sub(Value(self._point(w, points, following), False), here)
        gap = w.select(Value(ended, False, True), number(1.0), gap)  # slope 0 beyond the end
        for table, place in group.places.items():
            for part in range(2 if self.dual else 1):
                low = self._values(w, table, part, "%i")
                high = self._values(w, table, part, following)
                slope = w.div(w.sub(high, low), gap)
                w.store("%ws", place + 16 * LANES * part, WIDE, low.text, 8 * LANES)
                w.store("%ws", place + 16 * LANES * part + 8 * LANES, WIDE, slope.text, 8 * LANES)
        w.go(done)
        w.start(done)
        w.do("ret void")
        head = f"define internal fastcc void @seek{group.number}(ptr %ws, ptr %ctx, double %x) #0"
        return w.function(head)

    @staticmethod
    def _point(w: Writer, points: str, index: str) -> str:
        address = w.put(f"getelementptr double, ptr {points}, i64 {index}")
        return w.put(f"load double, ptr {address}, align 8")

    def _values(self, w: Writer, table: int, part: int, index: str) -> Value:
        """Values of W runs at one point, from the caller's memory."""
        base, runs = self._memory(w, table, part)
        return w.gather(base, w.wide_int("add", runs, w.splat_int(index)))

    def _memory(self, w: Writer, table: int, part: int) -> tuple[str, str]:
        """Where a table's values are, and where each lane's begin there."""
        described = w.load("%ctx", TABLES, "ptr")
        offset = 8 * TABLE_WORDS * self.used.index(table)
        base = w.load(described, offset + 8 * part, "ptr")
        stride = w.load(described, offset + 16, "i64")
        lane = w.splat_int(w.load("%ws", LANE, "i64"))
        places = "<" + ", ".join(f"i64 {i}" for i in range(LANES)) + ">"
        run = w.wide_int("add", lane, places)
        return base, w.wide_int("mul", run, w.splat_int(stride))

    # -- an argument for each lane ----------------------------------------------------------

    def _few(self, w: Formulas, table: int, x: Dual) -> Dual:
        points = self.tables[table].x
        first = self.packed.get(table)
        if first is None:
            first = self.workspace.line(len(points) * (2 if self.dual else 1))
            self.packed[table] = first
        at = [w.compare("oge", x.value, number(point)) for point in points]

        def along(part: int, inside: Value) -> tuple[Value, Value]:
            """The interpolated values, and their slope along x."""
            place = first + part * 8 * LANES * len(points)
            y = [w.load_line(place + 8 * LANES * i) for i in range(len(points))]
            if len(points) == 1:
                return y[0], ZERO
            low, high, start, gap = y[0], y[1], number(points[0]), number(points[1] - points[0])
            for i in range(1, len(points) - 1):
                low = w.select(at[i], y[i], low)
                high = w.select(at[i], y[i + 1], high)
                start = w.select(at[i], number(points[i]), start)
                gap = w.select(at[i], number(points[i + 1] - points[i]), gap)
            slope = w.div(w.sub(high, low), gap)
            made = w.add(w.mul(slope, w.sub(inside, start)), low)
            return w.select(at[-1], y[-1], made), slope

        return self._both(w, x, points, along)

    def _many(self, w: Formulas, table: int, x: Dual) -> Dual:
        points = self.tables[table].x
        name = self._points(points)
        last = len(points) - 1
        place = splat_text("i64", "0")
        reach = 1 << last.bit_length()
        while reach > 1:
            reach >>= 1
            further = w.wide_int("add", place, reach)
            inside = w.put(f"icmp sle {WIDE_INT} {further}, {splat_text('i64', str(last))}")
            kind = f"<{LANES} x i1>"
            safe = w.put(f"select {kind} {inside}, {WIDE_INT} {further}, {WIDE_INT} {place}")
            reached = w.compare("ole", w.gather(name, safe), x.value)
            place = w.put(f"select {kind} {reached.text}, {WIDE_INT} {safe}, {WIDE_INT} {place}")
        following = w.wide_int("add", place, 1)
        ended = w.put(f"icmp sge {WIDE_INT} {place}, {splat_text('i64', str(last))}")
        following = w.put(
            f"select <{LANES} x i1> {ended}, {WIDE_INT} {place}, {WIDE_INT} {following}"
        )
        start = w.gather(name, place)
        gap = w.sub(w.gather(name, following), start)
        gap = w.select(Value(ended, True, True), number(1.0), gap)

        def along(part: int, inside: Value) -> tuple[Value, Value]:
            base, runs = self._memory(w, table, part)
            low = w.gather(base, w.wide_int("add", runs, place))
            high = w.gather(base, w.wide_int("add", runs, following))
            slope = w.div(w.sub(high, low), gap)
            made = w.add(w.mul(slope, w.sub(inside, start)), low)
            return w.select(Value(ended, True, True), low, made), slope

        return self._both(w, x, points, along)

    def _both(self, w: Formulas, x: Dual, points: tuple[float, ...], along: Along) -> Dual:
        below = w.compare("olt", x.value, number(points[0]))
        above = w.compare("ogt", x.value, number(points[-1]))
        inside = w.select(above, number(points[-1]), x.value)
        inside = w.select(below, number(points[0]), inside)
        value, steep = along(0, inside)
        slope = None
        if x.slope is not None and len(points) > 1:
            flat = w.both("or", below, w.compare("oge", x.value, number(points[-1])))
            slope = w.select(flat, ZERO, w.mul(steep, x.slope))
        if self.dual:
            own, _ = along(1, inside)
            slope = own if slope is None else w.add(slope, own)
        return Dual(value, slope)

    # -- around -----------------------------------------------------------------------------

    def reset(self, w: Writer) -> None:
        """At the beginning of a group of runs: cursors nowhere, small tables fetched."""
        for group in self.groups.values():
            w.store("%ws", group.cursor, "i64", "-1")
        for table, first in self.packed.items():
            count = len(self.tables[table].x)
            for part in range(2 if self.dual else 1):
                for i in range(count):
                    value = self._values(w, table, part, str(i))
                    offset = first + 8 * LANES * (part * count + i)
                    w.store("%ws", offset, WIDE, value.text, 8 * LANES)

    def functions(self) -> str:
        seeks = [self._seek(group) for group in self.groups.values()]
        arrays = [
            f"{name} = internal unnamed_addr constant [{len(x)} x double] "
            f"[{', '.join(f'double {literal(v)}' for v in x)}], align 64"
            for x, name in self.points.items()
        ]
        return "\n".join([*arrays, *seeks])
