"""A page as data: written once, shown on the console or as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from scenarios.report.console import Page


@dataclass(frozen=True)
class Table:
    """Rows of cells; ``texts`` are the columns set left."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    texts: tuple[int, ...] = (0,)


@dataclass(frozen=True)
class Heading:
    """The head of a section."""

    text: str


Block = Heading | Table | str  # a string is a paragraph


@dataclass
class Blocks:
    """A title and what stands below it, in order."""

    title: str
    content: list[Block] = field(default_factory=list)

    def heading(self, text: str) -> None:
        """Begin a section."""
        self.content.append(Heading(text))

    def paragraph(self, text: str) -> None:
        """Add running text; nothing, if it is empty."""
        if text:
            self.content.append(text)

    def table(
        self, columns: Sequence[str], rows: Iterable[Sequence[str]], texts: Sequence[int] = (0,)
    ) -> None:
        """Add a table."""
        self.content.append(Table(tuple(columns), tuple(map(tuple, rows)), tuple(texts)))

    def show(self, page: Page) -> None:
        """Print on the console."""
        page.title(self.title)
        for block in self.content:
            if isinstance(block, Heading):
                page.heading(block.text)
            elif isinstance(block, Table):
                page.table(block.columns, block.rows, texts=block.texts)
            else:
                page.paragraph(block)

    def markdown(self) -> str:
        """As Markdown text."""
        parts = [f"# {self.title}"]
        for block in self.content:
            if isinstance(block, Heading):
                parts.append(f"## {block.text}")
            elif isinstance(block, Table):
                parts.append(_markdown(block))
            else:
                parts.append(block)
        return "\n\n".join(parts) + "\n"


def _markdown(table: Table) -> str:
    marks = (":--" if i in table.texts else "--:" for i in range(len(table.columns)))
    rows = [table.columns, tuple(marks), *table.rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in rows
    )
