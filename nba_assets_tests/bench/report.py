"""The table of figures that `make bench` prints."""


class Report:
    """Rows of the table: what was measured, against what was promised."""

    def __init__(self) -> None:
        self.rows: list[dict[str, object]] = []

    def add(self, what: str, measured: str, target: str, *, met: bool) -> None:
        """Print and keep one figure."""
        self.rows.append({"what": what, "measured": measured, "target": target, "met": bool(met)})
        print(f"{'met ' if met else 'MISSED'} | {what} | {measured} | {target}", flush=True)

    def note(self, what: str, measured: str) -> None:
        """Print and keep a figure that nothing was promised of."""
        self.rows.append({"what": what, "measured": measured, "target": "", "met": True})
        print(f"     | {what} | {measured} |", flush=True)
