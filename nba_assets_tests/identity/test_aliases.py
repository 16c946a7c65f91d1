"""The alias table: what its rows mean, and what a broken one says."""

import re
from pathlib import Path

import pytest

from nba_assets.identity.aliases import Aliases, load_aliases
from nba_assets.identity.names import read_name

HEADER = "alias,name,note\n"


def others(aliases: Aliases, name: str) -> set[str]:
    return {other.lookup for other in aliases.others(read_name(name))}


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("Herb Jones", "Herbert Jones"),
        ("Nicolas Claxton", "Nic Claxton"),
        ("Moe Wagner", "Moritz Wagner"),
        ("Mohamed Bamba", "Mo Bamba"),
        ("Cam Johnson", "Cameron Johnson"),
        ("Bub Carrington", "Carlton Carrington"),
        ("Jeenathan Williams", "Nate Williams"),
        ("Matthew Hurt", "Matt Hurt"),
        ("Ron Holland", "Ronald Holland II"),
        ("Joshua Giddey", "Josh Giddey"),
        ("Vincent Williams Jr", "Vince Williams Jr."),
        ("Edrice Femi Adebayo", "Bam Adebayo"),
    ],
)
def test_the_packaged_table_knows_both_ways(alias: str, name: str) -> None:
    aliases = load_aliases()
    assert read_name(name).lookup in others(aliases, alias)
    assert read_name(alias).lookup in others(aliases, name)


def test_a_name_without_a_row_has_no_other() -> None:
    assert others(load_aliases(), "Stephen Curry") == set()


def test_a_suffix_left_out_still_finds_the_row() -> None:
    aliases = Aliases([("Ron Holland", "Ronald Holland II")])
    assert others(aliases, "Ronald Holland") == {"ronholland"}
    assert others(aliases, "Ronald Holland III") == set()
    junior = Aliases([("Ron Holland Jr.", "Ronald Holland II")])
    assert others(junior, "Ron Holland") == {"ronaldhollandii", "ronhollandjr"}
    assert others(junior, "Ron Holland III") == set()


def test_two_aliases_of_one_man_know_each_other() -> None:
    aliases = Aliases([("Moe Wagner", "Moritz Wagner"), ("Mo Wagner", "Moritz Wagner")])
    assert others(aliases, "Mo Wagner") == {"moritzwagner", "moewagner"}


def test_the_users_row_replaces_the_packaged_one(tmp_path: Path) -> None:
    own = tmp_path / "aliases.csv"
    own.write_text(HEADER + "mowagner,moritzwagner,folded as well\nHerb Jones,Herman Jones,\n")
    aliases = load_aliases(own)
    assert others(aliases, "Mo Wagner") == {"moritzwagner", "moewagner"}
    assert others(aliases, "Herb Jones") == {"hermanjones"}
    assert others(aliases, "Herbert Jones") == set()


def test_a_file_that_is_not_there_has_no_aliases(tmp_path: Path) -> None:
    assert others(load_aliases(tmp_path / "none.csv"), "Herb Jones") == {"herbertjones"}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("alias,name\n", "line 1: the columns are alias,name,note"),
        ("", "line 1"),
        (HEADER + "Herb Jones,Herbert Jones\n", "line 2: 3 columns expected"),
        (HEADER + "\nHerb Jones,,nickname\n", "line 3: alias and name each need"),
        (HEADER + "Herb Jones,HERB JONES,\n", "line 2: .* fold to the same"),
        (HEADER + "Mo,Mo Bamba,\nMO,Moe Wagner,\n", "line 3: 'MO' is 'Moe Wagner' here"),
        (HEADER + '"Herb Jones,Herbert Jones,\n', "no CSV in UTF-8"),
    ],
)
def test_a_broken_row_is_an_error_that_names_file_and_line(
    tmp_path: Path, text: str, complaint: str
) -> None:
    own = tmp_path / "aliases.csv"
    own.write_text(text)
    with pytest.raises(ValueError, match=f"{re.escape(str(own))}.*{complaint}"):
        load_aliases(own)


def test_a_file_in_another_encoding_is_an_error(tmp_path: Path) -> None:
    own = tmp_path / "aliases.csv"
    own.write_bytes((HEADER + "Schroeder,Dennis Schröder,\n").encode("latin-1"))
    with pytest.raises(ValueError, match="no CSV in UTF-8"):
        load_aliases(own)


def test_a_file_saved_by_excel_is_read(tmp_path: Path) -> None:
    own = tmp_path / "aliases.csv"
    own.write_bytes((HEADER + "Schroeder,Dennis Schröder,\n").encode("utf-8-sig"))
    assert others(load_aliases(own), "Schroeder") == {"dennisschroder"}
