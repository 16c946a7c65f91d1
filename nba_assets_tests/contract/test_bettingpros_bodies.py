"""BettingPros' payload models against recorded responses. Offers have no recording."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from nba_assets.sources.bettingpros import Events
from nba_assets_tests.platform import SHARED

FOLDER = SHARED / "contracts/bp_events"

pytestmark = pytest.mark.skipif(
    not SHARED.is_dir(),
    reason=f"recorded bodies are kept beside the repository, and {SHARED} is absent",
)


@pytest.mark.parametrize("name", ["raw_75470647.json", "raw_865cd116.json"])
def test_recorded_events_are_of_the_eastern_date_asked(name: str) -> None:
    found = Events.parse((FOLDER / name).read_bytes())
    assert found.game_dates == {date(2021, 10, 21)}
    assert found.parameters
    assert found.parameters.date == "2021-10-21"
    assert [event.key for event in found.events] == [
        (date(2021, 10, 21), "DAL", "ATL"),
        (date(2021, 10, 21), "MIL", "MIA"),
        (date(2021, 10, 21), "LAC", "GSW"),
    ]
    assert [event.id for event in found.events] == [20879, 20880, 20881]
    assert {(e.season, e.season_type, e.status) for e in found.events} == {(2021, "REG", "closed")}
    assert found.events[2].tip_at == datetime(2021, 10, 22, 2, 0, tzinfo=UTC)


def test_recorded_line_ups_are_read_by_side() -> None:
    event = Events.parse((FOLDER / "raw_865cd116.json").read_bytes()).events[0]
    assert event.lineups
    home, away = event.lineups.home_lineup, event.lineups.away_lineup
    assert (len(home), len(away)) == (17, 17)
    assert event.lineups.home_lineup_type == "confirmed"
    statuses = Counter(spot.status for spot in (*home, *away))
    assert statuses == {"bench": 17, "started": 10, "did_not_play": 7}
    # The capture of 2025 has him under LAL: the side he is listed on is the truth of 2021.
    assert "Luka Doncic" in {spot.participant.name for spot in away}
