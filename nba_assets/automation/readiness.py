"""Whether predicting works: every current model loads and says of its golden row what it said when it was trained."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rich.console import Console

from nba_assets.analytics.upcoming_tables import CUTOFFS
from nba_assets.predictions.registry import ModelRefusedError, ModelStore
from nba_assets.predictions.tables import MODELS
from nba_assets.warehouse.base import Warehouse


@dataclass(frozen=True)
class Readiness:
    """A system at a cut-off.

    Attributes:
        system_id: of the model.
        cutoff: of its rows.
        model_id: the newest published version; empty without one.
        week: the Monday that it is for.
        prediction: points that it says of its golden row.
        golden: whose row that is.
        problem: why it cannot predict; empty where it can, or where there is no model yet.
    """

    system_id: str
    cutoff: str
    model_id: str = ""
    week: date | None = None
    prediction: float | None = None
    golden: str = ""
    problem: str = ""


def readiness(warehouse: Warehouse, store: ModelStore, weeks: Sequence[date]) -> list[Readiness]:
    """One real prediction by each current model.

    Args:
        warehouse: where the registries are published.
        store: where the files are.
        weeks: Mondays, among which the newest published one of each system and cut-off is looked for.
    """
    found = []
    columns = ["game_date", "cutoff", "model_id", "card_digest"]
    for system_id, table in MODELS.items():
        registered = warehouse.read(table, weeks, columns).to_pylist()
        for cutoff in CUTOFFS:
            own = [row for row in registered if row["cutoff"] == cutoff]
            newest = max(own, key=lambda row: row["game_date"], default=None)
            if newest is None:
                found.append(Readiness(system_id, cutoff))
                continue
            known = (system_id, cutoff, newest["model_id"], newest["game_date"])
            try:
                card, _ = store.load(newest["model_id"], newest["card_digest"])
            except (ModelRefusedError, ImportError) as error:
                found.append(Readiness(*known, problem=str(error)))
            else:
                # Loading has predicted it anew, and refuses where it is not what it was.
                golden = card.golden
                found.append(Readiness(*known, prediction=golden["points"], golden=golden["who"]))
    return found


def show_readiness(console: Console, found: Sequence[Readiness]) -> None:
    """A line per system and cut-off."""
    for one in found:
        what = f"{one.system_id} at {one.cutoff}: "
        if one.problem:
            console.print(f"{what}CANNOT PREDICT: {one.problem}", markup=False, soft_wrap=True)
        elif one.prediction is None:
            console.print(f"{what}no model yet", markup=False)
        else:
            said = f"predicts {one.prediction:.1f} points for {one.golden}"
            console.print(f"{what}{said} ({one.model_id})", markup=False, soft_wrap=True)
