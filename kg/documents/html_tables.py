"""Tables of a page: which are data and which only lay the page out, which cells are headers, and of what."""

from __future__ import annotations

from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode


@dataclass(slots=True)
class Table:
    """A data table while it is read. `columns` maps a column to the indices of its header pieces."""

    header_cells: frozenset[int]
    columns: dict[int, tuple[int, ...]] = field(default_factory=dict)
    row_headers: tuple[int, ...] = ()
    column: int = 0
    cell: LexborNode | None = None
    body_begun: bool = False

    def begin_row(self) -> None:
        """Starts a row: no cell yet, and no header of its own."""
        self.column, self.row_headers, self.cell = 0, (), None

    def begin_cell(self, cell: LexborNode) -> None:
        """Starts a cell."""
        self.cell = cell
        if cell.mem_id not in self.header_cells:
            self.body_begun = True

    def end_cell(self) -> None:
        """Ends a cell; the next one stands as many columns on as it spans."""
        self.column += _span(self.cell) if self.cell is not None else 1
        self.cell = None

    def headers(self) -> tuple[int, ...]:
        """The headers of the current cell; a header cell at the top has none."""
        if self._is_top_header():
            return ()
        return (*self.columns.get(self.column, ()), *self.row_headers)

    def add(self, piece: int) -> None:
        """Notes a piece of the current cell, which may be a header for others."""
        if self.cell is None or self.cell.mem_id not in self.header_cells:
            return
        if self._is_top_header():
            for column in range(self.column, self.column + _span(self.cell)):
                self.columns[column] = (*self.columns.get(column, ()), piece)
        else:
            self.row_headers = (*self.row_headers, piece)

    def _is_top_header(self) -> bool:
        return self.cell is not None and self.cell.mem_id in self.header_cells and not (self.body_begun or self._heads_row())

    def _heads_row(self) -> bool:
        """A header cell at the start of a row whose other cells are data."""
        if self.column or self.cell is None or self.cell.parent is None:
            return False
        others = [cell for cell in _cells(self.cell.parent) if cell.mem_id != self.cell.mem_id]
        return bool(others) and any(cell.mem_id not in self.header_cells for cell in others)


def open_table(node: LexborNode) -> Table | None:
    """The table to be read, or None where a table only lays out the page."""
    rows = [row for row in node.css("tr") if _cells(row)]
    widest = max((len(_cells(row)) for row in rows), default=0)
    if (
        (node.attributes.get("role") or "") in ("presentation", "none")
        or widest < 2
        or len(rows) < 2
        or node.css_first("table table") is not None
    ):
        return None
    headers = {cell.mem_id for cell in node.css("th")} | {cell.mem_id for cell in node.css("thead td")}
    if not headers and _looks_like_head(_cells(rows[0])):
        headers = {cell.mem_id for cell in _cells(rows[0])}
    return Table(frozenset(headers))


def _cells(row: LexborNode) -> list[LexborNode]:
    return [cell for cell in row.iter() if cell.tag in ("td", "th")]


def _looks_like_head(cells: list[LexborNode]) -> bool:
    """A first row of short names: no sentence, and at least two cells with text."""
    texts = [" ".join(cell.text(deep=True).split()) for cell in cells]
    return sum(map(bool, texts)) > 1 and all(len(text) <= 60 and not text.endswith((".", ";")) for text in texts)


def _span(cell: LexborNode | None) -> int:
    value = (cell.attributes.get("colspan") or "1") if cell is not None else "1"
    return min(50, int(value)) if value.isdigit() and int(value) else 1
