"""The table that the benchmark prints: what was measured, what it should be, what is missing."""

from dataclasses import dataclass, field

DIGITS = {"ms": 1, "s": 2, "kB": 0, "": 0}  # decimals shown, by unit
SUMMARIES = ("median", "p95")  # what a pair of numbers is, unless its row says otherwise


@dataclass(frozen=True)
class Row:
    what: str
    measured: tuple
    unit: str
    targets: tuple = ()  # one for each measured number; None, or nothing at all, for no target
    names: tuple = SUMMARIES

    def cells(self):
        return (
            f"  {self.what}",
            self._written(self.measured),
            self._written(self.targets) if self.targets else "",
            self._verdict(),
        )

    def _written(self, numbers):
        shown = ["–" if n is None else f"{n:.{DIGITS[self.unit]}f}" for n in numbers]
        return " ".join([" / ".join(shown), self.unit]).strip()

    def _verdict(self):
        if not self.targets:
            return ""
        misses = []
        for name, number, target in zip(self.names, self.measured, self.targets, strict=False):
            if target is not None and number > target:
                which = f"{name} " if len(self.measured) > 1 else ""
                misses.append(f"{which}by {self._written((number - target,))}")
        return f"misses {', '.join(misses)}" if misses else "ok"


@dataclass
class Report:
    facts: str  # about the machine, above the table
    sections: dict = field(default_factory=dict)

    def add(self, section, *row, **more):
        self.sections.setdefault(section, []).append(Row(*row, **more))

    def __str__(self):
        head = ("what", "measured", "target", "")
        rows = [row.cells() for rows in self.sections.values() for row in rows]
        widths = [max(len(cells[i]) for cells in [head, *rows]) for i in range(3)]

        def line(cells):
            what, *others = (cell.ljust(width) for cell, width in zip(cells, widths, strict=False))
            return "   ".join([what, *others, cells[3]]).rstrip()

        lines = ["", "", self.facts, "", line(head), "-" * (sum(widths) + 20)]
        for section, rows in self.sections.items():
            lines += [section, *(line(row.cells()) for row in rows)]
        return "\n".join(lines)
