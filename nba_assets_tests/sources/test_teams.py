import pytest

from nba_assets.sources.teams import BY_NBA_ID, GUESTS, TEAMS, Team, tricode_of


@pytest.mark.parametrize("team", TEAMS, ids=lambda team: team.tricode)
def test_every_name_of_a_team_leads_to_it(team: Team) -> None:
    for alias in (team.tricode, team.full_name, *team.aliases):
        assert tricode_of(alias) == team.tricode
    assert BY_NBA_ID[team.nba_id] is team


def test_there_are_thirty_teams_and_no_two_share_a_name() -> None:
    names = [alias for t in TEAMS for alias in (t.tricode, t.full_name, *t.aliases)]
    assert len({t.tricode for t in TEAMS}) == 30
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("guest", [*sorted(GUESTS), "XXX", "", "bos"])
def test_a_side_that_is_not_one_of_the_thirty_is_none(guest: str) -> None:
    assert tricode_of(guest) is None
