import pytest

from nba_assets.sources.teams import (
    BY_NBA_ID,
    GUESTS,
    TEAMS,
    Team,
    by_bdl_id,
    by_espn_id,
    tricode_of,
)

# NBA id, NBA, ESPN, ESPN id, Basketball-Reference, BallDontLie id, slug, full name.
PROVIDERS = """
1610612737 ATL ATL  1  ATL 1  hawks        Atlanta Hawks
1610612738 BOS BOS  2  BOS 2  celtics      Boston Celtics
1610612739 CLE CLE  5  CLE 6  cavaliers    Cleveland Cavaliers
1610612740 NOP NO   3  NOP 19 pelicans     New Orleans Pelicans
1610612741 CHI CHI  4  CHI 5  bulls        Chicago Bulls
1610612742 DAL DAL  6  DAL 7  mavericks    Dallas Mavericks
1610612743 DEN DEN  7  DEN 8  nuggets      Denver Nuggets
1610612744 GSW GS   9  GSW 10 warriors     Golden State Warriors
1610612745 HOU HOU  10 HOU 11 rockets      Houston Rockets
1610612746 LAC LAC  12 LAC 13 clippers     LA Clippers
1610612747 LAL LAL  13 LAL 14 lakers       Los Angeles Lakers
1610612748 MIA MIA  14 MIA 16 heat         Miami Heat
1610612749 MIL MIL  15 MIL 17 bucks        Milwaukee Bucks
1610612750 MIN MIN  16 MIN 18 timberwolves Minnesota Timberwolves
1610612751 BKN BKN  17 BRK 3  nets         Brooklyn Nets
1610612752 NYK NY   18 NYK 20 knicks       New York Knicks
1610612753 ORL ORL  19 ORL 22 magic        Orlando Magic
1610612754 IND IND  11 IND 12 pacers       Indiana Pacers
1610612755 PHI PHI  20 PHI 23 sixers       Philadelphia 76ers
1610612756 PHX PHX  21 PHO 24 suns         Phoenix Suns
1610612757 POR POR  22 POR 25 blazers      Portland Trail Blazers
1610612758 SAC SAC  23 SAC 26 kings        Sacramento Kings
1610612759 SAS SA   24 SAS 27 spurs        San Antonio Spurs
1610612760 OKC OKC  25 OKC 21 thunder      Oklahoma City Thunder
1610612761 TOR TOR  28 TOR 28 raptors      Toronto Raptors
1610612762 UTA UTAH 26 UTA 29 jazz         Utah Jazz
1610612763 MEM MEM  29 MEM 15 grizzlies    Memphis Grizzlies
1610612764 WAS WSH  27 WAS 30 wizards      Washington Wizards
1610612765 DET DET  8  DET 9  pistons      Detroit Pistons
1610612766 CHA CHA  30 CHO 4  hornets      Charlotte Hornets
"""
SPELLINGS = [line.split(None, 7) for line in PROVIDERS.strip().splitlines()]


@pytest.mark.parametrize("team", TEAMS, ids=lambda team: team.tricode)
def test_every_name_of_a_team_leads_to_it(team: Team) -> None:
    for alias in (team.tricode, team.full_name, *team.aliases):
        assert tricode_of(alias) == team.tricode
    assert BY_NBA_ID[team.nba_id] is team


@pytest.mark.parametrize("row", SPELLINGS, ids=lambda row: row[1])
def test_a_team_comes_back_from_every_providers_spelling(row: list[str]) -> None:
    nba_id, tricode, espn, espn_id, bref, bdl_id, slug, name = row
    team = BY_NBA_ID[int(nba_id)]
    assert (team.tricode, team.espn, team.bref, team.slug) == (tricode, espn, bref, slug)
    assert (team.full_name, team.espn_id, team.bdl_id) == (name, int(espn_id), int(bdl_id))
    assert {tricode_of(word) for word in (tricode, espn, bref, slug, name)} == {tricode}
    assert by_espn_id(espn_id) is by_espn_id(int(espn_id)) is team
    assert by_bdl_id(int(bdl_id)) is team


def test_the_table_of_spellings_has_all_thirty_teams() -> None:
    assert {row[1] for row in SPELLINGS} == {team.tricode for team in TEAMS}
    assert {team.espn_id for team in TEAMS} == set(range(1, 31))
    assert {team.bdl_id for team in TEAMS} == set(range(1, 31))


def test_the_clippers_have_two_full_names() -> None:
    assert tricode_of("LA Clippers") == tricode_of("Los Angeles Clippers") == "LAC"


def test_providers_ids_are_never_mixed() -> None:
    assert by_espn_id(12) is BY_NBA_ID[1610612746]
    assert by_bdl_id(12) is BY_NBA_ID[1610612754]


@pytest.mark.parametrize("unknown", [0, 31, 42, -1, 1610612737])
def test_an_id_beyond_the_thirty_is_none(unknown: int) -> None:
    assert by_bdl_id(unknown) is None
    assert by_espn_id(unknown) is None
    assert by_espn_id(f"0{unknown}") is None


def test_there_are_thirty_teams_and_no_two_share_a_name() -> None:
    names = [alias for t in TEAMS for alias in (t.tricode, t.full_name, *t.aliases)]
    assert len({t.tricode for t in TEAMS}) == 30
    assert len(set(names)) == len(names)
    assert not set(names) & GUESTS


@pytest.mark.parametrize("guest", [*sorted(GUESTS), "XXX", "", "bos", "ATl", "Clippers"])
def test_a_side_that_is_not_one_of_the_thirty_is_none(guest: str) -> None:
    assert tricode_of(guest) is None
