"""A page as data: written once, shown on the console, as Markdown, in a web page or a document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Self

from scenarios.report.console import Page


@dataclass(frozen=True)
class Table:
    """Rows of cells; ``texts`` are the columns set left, ``strong`` those that stand out,
    ``whole`` those whose texts are not broken. The last ``foot`` rows sum up; ``columns`` are
    shown unless all of them are empty."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    texts: tuple[int, ...] = (0,)
    strong: tuple[int, ...] = ()
    whole: tuple[int, ...] = ()
    foot: int = 0

    @property
    def header(self) -> bool:
        """Whether the columns have names."""
        return any(self.columns)


@dataclass(frozen=True)
class Heading:
    """The head of a section."""

    text: str


@dataclass(frozen=True)
class Item:
    """One line of a list."""

    text: str


Block = Heading | Item | Table | str  # a string is a paragraph


@dataclass
class Blocks:
    """A title and what stands below it, in order."""

    title: str
    content: list[Block] = field(default_factory=list)

    @classmethod
    def listing(cls, title: str, items: Iterable[str]) -> Self:
        """A section that is a list."""
        return cls(title, [Item(text) for text in items])

    def heading(self, text: str) -> None:
        """Begin a section."""
        self.content.append(Heading(text))

    def paragraph(self, text: str) -> None:
        """Add running text; nothing, if it is empty."""
        if text:
            self.content.append(text)

    def item(self, text: str) -> None:
        """Add a line of a list."""
        self.content.append(Item(text))

    def table(
        self,
        columns: Sequence[str],
        rows: Iterable[Sequence[str]],
        *,
        texts: Sequence[int] = (0,),
        strong: Sequence[int] = (),
        whole: Sequence[int] = (),
        foot: int = 0,
    ) -> None:
        """Add a table (see :class:`Table`)."""
        body = tuple(map(tuple, rows))
        self.content.append(
            Table(tuple(columns), body, tuple(texts), tuple(strong), tuple(whole), foot)
        )

    def show(self, page: Page) -> None:
        """Print as a page of its own."""
        page.title(self.title)
        self._show_content(page)

    def show_section(self, page: Page) -> None:
        """Print as a section of a page."""
        page.heading(self.title)
        self._show_content(page)

    def _show_content(self, page: Page) -> None:
        before: Block | None = None
        for block in self.content:
            if isinstance(block, Heading):
                page.heading(block.text)
            elif isinstance(block, Table):
                page.table(
                    block.columns,
                    block.rows,
                    texts=block.texts,
                    strong=block.strong,
                    whole=block.whole,
                    foot=block.foot,
                    header=block.header,
                )
            elif isinstance(block, Item):
                page.paragraph(block.text, first="- ")
            else:
                if isinstance(before, Table):
                    page.console.print()
                page.paragraph(block)
            before = block

    def markdown(self) -> str:
        """As Markdown text."""
        parts = [f"# {self.title}"]
        for block in self.content:
            if isinstance(block, Heading):
                parts.append(f"## {block.text}")
            elif isinstance(block, Table):
                parts.append(_markdown(block))
            elif isinstance(block, Item):
                parts.append(f"- {block.text}")
            else:
                parts.append(block)
        return "\n\n".join(parts) + "\n"


def _markdown(table: Table) -> str:
    marks = (":--" if i in table.texts else "--:" for i in range(len(table.columns)))
    rows = [table.columns, tuple(marks), *table.rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in rows
    )
