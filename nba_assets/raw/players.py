"""Who plays for whom: every spelling of a player, by season and team, as the NBA's own ids know it."""

from nba_assets.raw.tables import SEASON_YEAR
from nba_assets.warehouse.table import LINEAGE, QUALITY, Column, Table

PLAYERS = Table(
    name="raw.players",
    row="spelling of a player's name, by season and team",
    key=("player_id", "season_year", "team", "player_name"),
    is_undated=True,
    columns=(
        Column("player_id", "STRING", "the NBA person id"),
        Column("nba_player_id", "STRING", "the NBA person id"),
        Column("player_name", "STRING", "as an NBA body writes it"),
        Column("player_lookup", "STRING", "name without diacritics, lower case, a-z and 0-9 only"),
        SEASON_YEAR,
        Column("team", "STRING", "tricode of a team he was listed for in the season"),
        Column("first_seen", "DATE", "first date on which a body lists him so"),
        Column("last_seen", "DATE", "last date on which a body lists him so"),
        *QUALITY,
        *LINEAGE,
    ),
)
