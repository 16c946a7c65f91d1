"""Provider names → players: the published registry and the aliases, as every raw table uses them."""

from datetime import date

from nba_assets.identity.aliases import load_aliases
from nba_assets.identity.registry import Evidence, Registry
from nba_assets.landing.desk import Desk
from nba_assets.raw.players import PLAYERS
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.table import UNDATED

# A user's own aliases, beside the packaged ones; later ones win.
USER_ALIASES = "aliases.csv"


def registry_of(desk: Desk, warehouse: Warehouse) -> Registry:
    """Everybody in `raw.players`, with the packaged aliases and those of the home.

    Raises:
        ValueError: naming file and line of an alias that cannot be used.
    """
    aliases = load_aliases(desk.settings.home / USER_ALIASES)
    rows = warehouse.read(PLAYERS, [UNDATED]).to_pylist()
    return Registry(
        [
            Evidence(
                row["nba_player_id"],
                row["player_name"],
                row["team"],
                row["season_year"],
                _as_date(row["first_seen"]),
            )
            for row in rows
        ],
        aliases,
    )


def _as_date(value: object) -> date:
    assert isinstance(value, date)
    return value
