"""Whether predicting works: every current model loads and says of its golden row what it said when it was trained."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from rich.console import Console

from nba_assets.analytics.upcoming_tables import CUTOFFS
from nba_assets.partitions import season_dates
from nba_assets.predictions.estimators import Parameters, Parts, PointsModel
from nba_assets.predictions.model_gates import OLDEST_WEEKS
from nba_assets.predictions.registry import ModelRefusedError, ModelStore
from nba_assets.predictions.tables import PREDICTED_PLAYERS
from nba_assets.predictions.weekly_tables import MODELS
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
        problem: why it cannot predict; empty where it can, or where there is no model yet and the
            library works.
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

    One that is too old to forecast the newest week that players are predicted for is a problem. Where
    there is no model yet, a small one is trained and predicts.

    Args:
        warehouse: where the registries are published.
        store: where the files are.
        weeks: Mondays, among which the newest published one of each system and cut-off is looked for.
    """
    found = []
    columns = ["game_date", "cutoff", "model_id", "card_digest"]
    asked = _newest_slate(warehouse, weeks)
    untried = None
    for system_id, table in MODELS.items():
        registered = warehouse.read(table, weeks, columns).to_pylist()
        for cutoff in CUTOFFS:
            own = [row for row in registered if row["cutoff"] == cutoff]
            newest = max(own, key=lambda row: row["game_date"], default=None)
            if newest is None:
                untried = library_problem() if untried is None else untried
                found.append(Readiness(system_id, cutoff, problem=untried))
                continue
            known = (system_id, cutoff, newest["model_id"], newest["game_date"])
            age = (asked - newest["game_date"]).days // 7 if asked else 0
            try:
                card, _ = store.load(newest["model_id"], newest["card_digest"])
            except (ModelRefusedError, ImportError) as error:
                found.append(Readiness(*known, problem=str(error)))
                continue
            if age > OLDEST_WEEKS:
                old = (
                    f"model {newest['model_id']} is {age} weeks old: newer ones were refused or never"
                    f" made; materialize {table.name.replace('.', '/')} for {asked}"
                )
                found.append(Readiness(*known, problem=old))
            else:
                # Loading has predicted it anew, and refuses where it is not what it was.
                golden = card.golden
                found.append(Readiness(*known, prediction=golden["points"], golden=golden["who"]))
    return found


def library_problem() -> str:
    """Why the library can train or predict nothing here; empty where it can."""
    points = np.arange(20.0)
    parts = Parts({"probe": Parameters(iterations=5, depth=2, learning_rate=0.5, rsm=1.0)})
    try:
        model = PointsModel.fit(
            points[:, None], ["probe"], points, points, np.full(len(points), True), parts
        )
        said, _ = model.forecast(points[:, None])
    except Exception as error:  # a broken library raises whatever it likes
        return f"the library of the models does not work: {type(error).__name__}: {error}"
    if not said[0] < said[-1]:
        return f"the library of the models learns nothing: {said[0]} for 0, {said[-1]} for 19"
    return ""


def _newest_slate(warehouse: Warehouse, weeks: Sequence[date]) -> date | None:
    """The newest week with a date of a season that players are predicted for.

    By it, not by the clock, is told how old a model is: a summer and the end of a replay make none older.
    """
    for week in sorted(weeks, reverse=True):
        if warehouse.published_dates(
            PREDICTED_PLAYERS, season_dates(week, week + timedelta(days=6))
        ):
            return week
    return None


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
