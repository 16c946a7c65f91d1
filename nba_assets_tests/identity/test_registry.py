"""Whom a name means among the players of two teams on a date."""

import random
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nba_assets
from nba_assets.identity.aliases import Aliases, load_aliases
from nba_assets.identity.registry import Evidence, Registry, Resolution

OPENING = date(2023, 10, 24)
TONIGHT = date(2024, 3, 2)
GAME = ("HOU", "PHI")


def seen(
    nba_id: str, name: str, team: str = "HOU", year: int = 2023, day: date = OPENING
) -> Evidence:
    return Evidence(nba_id, name, team, year, day)


def registry(*evidence: Evidence) -> Registry:
    return Registry(evidence, load_aliases())


def tonight(found: Registry, name: str, teams: tuple[str, ...] = GAME) -> Resolution:
    return found.resolve(name, teams, TONIGHT)


LEAGUE = (
    seen("1", "Jabari Smith Jr."),
    seen("2", "Jalen Green"),
    seen("3", "Nikola Vučević"),
    seen("4", "Herbert Jones", "PHI"),
    seen("5", "Kelly Oubre Jr.", "PHI"),
    seen("6", "Kentavious Caldwell-Pope", "PHI"),
    seen("7", "Jalen Williams", "OKC"),
    seen("8", "Jaylin Williams", "OKC"),
)


@pytest.mark.parametrize(
    ("name", "nba_id", "step"),
    [
        ("Nikola Vučević", "3", "exact"),
        ("Nikola Vucevic", "3", "fold"),
        ("Nikola VuÄ\u008deviÄ\u0087", "3", "fold"),
        ("Oubre Jr., Kelly", "5", "fold"),
        ("Jabari Smith", "1", "suffix"),
        ("Jalen Green Jr.", "2", "suffix"),
        ("Herb Jones", "4", "alias"),
        ("Herb Jones Jr.", "4", "alias"),
        ("Caldwell Pope Kentavious", "6", "order"),
        ("Smith Jabari", "1", "order"),
        ("Ja. Green", "2", "abbreviation"),
        ("K. Caldwell-Pope", "6", "abbreviation"),
        ("J Smith", "1", "abbreviation"),
    ],
)
def test_each_step_finds_its_man(name: str, nba_id: str, step: str) -> None:
    assert tonight(registry(*LEAGUE), name) == (nba_id, step, None)


@pytest.mark.parametrize(
    "name",
    [
        "Jalen Grean",
        "Green",
        "Jabari Smith III",
        "Jal Green",
        "M. Green",
        "Nikola Jokić",
        "",
        "Лука",
    ],
)
def test_a_name_that_is_only_near_means_nobody(name: str) -> None:
    found = tonight(registry(*LEAGUE), name)
    assert found == (None, None, f"nobody of HOU or PHI by 2024-03-02 is called {name!r}")


def test_names_without_a_latin_letter_are_not_all_one_man() -> None:
    found = registry(seen("1", "Лука"))
    assert tonight(found, "Лука") == ("1", "exact", None)
    assert tonight(found, "Иван").nba_id is None


def test_a_player_of_another_team_is_no_candidate() -> None:
    found = registry(*LEAGUE)
    assert tonight(found, "Jalen Williams").nba_id is None
    assert tonight(found, "Jalen Williams", ("OKC", "HOU")).nba_id == "7"


def test_father_and_son_on_one_team_are_never_merged() -> None:
    found = registry(seen("1", "Gary Payton Sr."), seen("2", "Gary Payton II"))
    assert tonight(found, "Gary Payton Sr").nba_id == "1"
    assert tonight(found, "Gary Payton II").nba_id == "2"
    ambiguous = (None, None, "ambiguous by suffix: Gary Payton Sr. (1), Gary Payton II (2)")
    assert tonight(found, "Gary Payton") == ambiguous
    assert tonight(found, "Gary Payton Jr.").nba_id is None


def test_the_one_without_suffix_and_his_son_keep_their_own_spellings() -> None:
    found = registry(seen("1", "Larry Nance"), seen("2", "Larry Nance Jr.", "PHI"))
    assert tonight(found, "Larry Nance") == ("1", "exact", None)
    assert tonight(found, "Larry Nance Jr") == ("2", "fold", None)
    assert tonight(found, "Nance Larry").reason == (
        "ambiguous by order: Larry Nance (1), Larry Nance Jr. (2)"
    )


def test_two_men_with_one_lookup_are_apart_while_their_teams_do_not_meet() -> None:
    found = registry(
        seen("1", "Bogdan Bogdanović"), seen("2", "Bogdan Bogdanovic", "PHI"), seen("3", "X", "DET")
    )
    assert tonight(found, "bogdan bogdanović", ("HOU", "DET")).nba_id == "1"
    assert tonight(found, "bogdan bogdanović", ("DET", "PHI")).nba_id == "2"
    both = tonight(found, "bogdan bogdanović")
    assert both.nba_id is None
    assert both.reason == "ambiguous by fold: Bogdan Bogdanović (1), Bogdan Bogdanovic (2)"


def test_an_ambiguous_step_is_not_decided_by_a_later_one() -> None:
    men = (seen("1", "Jalen Green Jr."), seen("2", "Jalen Green II"))
    aliases = Aliases([("Jalen Green", "Gerald Green")])
    found = Registry([*men, seen("3", "Gerald Green")], aliases)
    assert tonight(found, "Jalen Green").reason == (
        "ambiguous by suffix: Jalen Green Jr. (1), Jalen Green II (2)"
    )


def test_an_initial_of_two_men_means_neither() -> None:
    found = registry(*LEAGUE)
    assert tonight(found, "J. Williams", ("OKC", "HOU")).reason == (
        "ambiguous by abbreviation: Jalen Williams (7), Jaylin Williams (8)"
    )
    assert tonight(found, "Jal. Williams", ("OKC", "HOU")).nba_id == "7"


def test_an_alias_added_later_resolves() -> None:
    before = Registry(LEAGUE, Aliases())
    assert tonight(before, "Not On Herb Jones").nba_id is None
    after = Registry(LEAGUE, Aliases([("Not On Herb Jones", "Herbert Jones")]))
    assert tonight(after, "Not On Herb Jones") == ("4", "alias", None)
    named = Registry(LEAGUE, Aliases([("J. Williams", "Jalen Williams")]))
    assert tonight(named, "J. Williams", ("OKC", "HOU")) == ("7", "alias", None)


def test_an_alias_of_one_man_is_not_given_to_his_namesake() -> None:
    men = (seen("1", "Ronald Holland II"), seen("2", "Ronald Holland", "PHI"))
    aliases = Aliases([("Ron Holland", "Ronald Holland II")])
    assert tonight(Registry(men, aliases), "Ron Holland") == ("1", "alias", None)
    vague = Aliases([("Ron Holland", "Ronald Holland III")])
    assert tonight(Registry(men[:1], vague), "Ron Holland").nba_id is None


def test_every_spelling_of_a_man_counts_from_the_day_it_was_seen() -> None:
    later = TONIGHT + timedelta(days=1)
    found = registry(
        seen("1", "Nicolas Oldname", "PHI", 2021, date(2021, 10, 19)),
        seen("1", "Nic Newname"),
        seen("1", "Nick Latest", day=later),
    )
    assert tonight(found, "Nicolas Oldname") == ("1", "exact", None)
    assert tonight(found, "Nick Latest").nba_id is None
    assert found.resolve("Nick Latest", GAME, later).nba_id == "1"
    assert found.persons["1"].name == "Nick Latest"
    assert found.persons["1"].names == ("Nicolas Oldname", "Nic Newname", "Nick Latest")


def test_a_traded_player_is_of_both_teams_from_the_day_he_was_seen_there() -> None:
    trade = date(2024, 2, 8)
    found = registry(
        seen("9", "Buddy Hield", "IND"), seen("9", "Buddy Hield", "PHI", day=trade), *LEAGUE
    )
    before = trade - timedelta(days=1)
    assert found.resolve("Buddy Hield", ("PHI", "HOU"), before).nba_id is None
    assert found.resolve("Buddy Hield", ("PHI", "HOU"), trade).nba_id == "9"
    assert found.resolve("Buddy Hield", ("IND", "HOU"), trade).nba_id == "9"
    assert found.resolve("Buddy Hield", ("IND", "PHI"), trade) == ("9", "exact", None)


def test_on_opening_night_a_team_has_the_players_of_last_season_who_went_nowhere() -> None:
    spring, fall = date(2023, 4, 1), date(2022, 10, 18)
    found = registry(
        seen("1", "Loyal Man", "HOU", 2022, fall),
        seen("2", "Traded Man", "HOU", 2022, fall),
        seen("2", "Traded Man", "PHI", 2022, spring),
        seen("5", "Traded Back", "PHI", 2022, fall),
        seen("5", "Traded Back", "HOU", 2022, spring),
        seen("3", "Signed Elsewhere", "HOU", 2022, fall),
        seen("3", "Signed Elsewhere", "DET", 2023, OPENING),
        seen("4", "Newcomer", "HOU", 2023, OPENING + timedelta(days=1)),
    )

    def candidates(team: str, day: date) -> set[str]:
        names = ("Loyal Man", "Traded Man", "Signed Elsewhere", "Newcomer", "Traded Back")
        return {i for name in names if (i := found.resolve(name, (team,), day).nba_id)}

    assert candidates("HOU", OPENING) == {"1", "5"}
    assert candidates("PHI", OPENING) == {"2"}
    assert candidates("HOU", OPENING + timedelta(days=1)) == {"4"}


def test_a_date_before_all_evidence_says_so() -> None:
    found = registry(*LEAGUE)
    early = found.resolve("Jalen Green", GAME, date(2020, 1, 1))
    assert early == (None, None, "nobody of HOU or PHI is known by 2020-01-01")
    assert tonight(found, "Jalen Green", ("CHK",)).reason == "nobody of CHK is known by 2024-03-02"


@given(st.integers(0, 10_000))
def test_the_order_of_evidence_is_irrelevant(seed: int) -> None:
    rows = [*LEAGUE, seen("2", "J. T. Green", "PHI", day=TONIGHT), seen("9", "Jalen Green II")]
    shuffled = random.Random(seed).sample(rows, len(rows))
    names = ("Jalen Green", "Ja. Green", "Green Jalen", "J. Smith", "Nobody")
    asked = [(name, teams) for name in names for teams in (GAME, ("PHI", "OKC"))]
    one, other = registry(*rows), registry(*shuffled)
    assert [tonight(one, *ask) for ask in asked] == [tonight(other, *ask) for ask in asked]
    assert one.persons == other.persons


def test_the_room_loads_without_dagster_network_or_warehouse() -> None:
    folder = Path(nba_assets.__file__).parent
    modules = ", ".join(f"nba_assets.identity.{p.stem}" for p in (folder / "identity").glob("*.py"))
    probe = f"import sys, {modules.replace('.__init__', '')}; print(*sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", probe], cwd=folder.parent, capture_output=True, text=True, check=True
    )
    assert not {"dagster", "duckdb", "requests", "pandas"} & set(found.stdout.split())
