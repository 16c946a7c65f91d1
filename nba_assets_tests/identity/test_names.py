"""Spellings: what is one name, and how a name is taken apart."""

import doctest
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nba_assets.identity import names
from nba_assets.identity.names import mended, player_lookup, read_name


def test_the_examples_hold() -> None:
    module: ModuleType = names
    found = doctest.testmod(module)
    assert found.failed == 0
    assert found.attempted >= 3


@pytest.mark.parametrize(
    ("spelling", "lookup"),
    [
        ("Luka Dončić", "lukadoncic"),
        ("Dāvis Bertāns", "davisbertans"),
        ("Kristaps Porziņģis", "kristapsporzingis"),
        ("D'Angelo Russell", "dangelorussell"),
        ("D’Angelo Russell", "dangelorussell"),  # noqa: RUF001
        ("P.J Washington", "pjwashington"),
        ("Dorian Finney Smith", "dorianfinneysmith"),
        ("Wendell Carter Jr", "wendellcarterjr"),
        ("Nikola Đurišić", "nikoladurisic"),
        ("Søren Kvistgård", "sorenkvistgard"),
        ("Łukasz Brzowski", "lukaszbrzowski"),
        ("Ömer Aş\N{LATIN SMALL LETTER DOTLESS I}k", "omerasik"),
        ("İlkan Karaman", "ilkankaraman"),
        ("Maximilian Weiß", "maximilianweiss"),
        ("Ægir Þór", "aegirthor"),
        ("Giannis Antetokounmpo\xa0", "giannisantetokounmpo"),
        ("Ｌｕｋａ", "luka"),  # noqa: RUF001
        ("", ""),
        ("Лука", ""),
    ],
)
def test_a_name_folds_to_letters_and_digits(spelling: str, lookup: str) -> None:
    assert player_lookup(spelling) == lookup


@pytest.mark.parametrize(
    ("copied", "meant"),
    [
        ("Nikola VuÄ\u008deviÄ\u0087", "Nikola Vučević"),
        ("Nikola JokiÄ‡", "Nikola Jokić"),
        ("Dario Å\xa0ariÄ‡", "Dario Šarić"),
        ("MÃ£ozinha Pereira", "Mãozinha Pereira"),
        ("Dâ€™Angelo Russell", "D’Angelo Russell"),  # noqa: RUF001
        ("Luka Dončić", "Luka Dončić"),
        ("Žiga Šamanić", "Žiga Šamanić"),
        ("Dennis Schröder", "Dennis Schröder"),
        ("José Ângelo", "José Ângelo"),
    ],
)
def test_misread_utf_8_is_mended_and_nothing_else(copied: str, meant: str) -> None:
    assert mended(copied) == meant


@given(st.text(st.characters(min_codepoint=0xC0, max_codepoint=0x24F), max_size=8))
def test_any_latin_name_comes_back_from_either_wrong_decoding(letters: str) -> None:
    name = f"A{letters}z"
    if mended(name) != name:  # the letters themselves look misread
        return
    once = name.encode().decode("latin-1")
    assert mended(once) == name
    assert mended(once.encode().decode("latin-1")) == name
    windows = "".join(_windows(byte) for byte in name.encode())
    assert mended(windows) == name


def _windows(byte: int) -> str:
    char = bytes([byte]).decode("cp1252", errors="ignore")
    return char or chr(byte)


@given(st.text(max_size=30))
def test_folding_twice_is_folding_once(name: str) -> None:
    once = player_lookup(name)
    assert player_lookup(once) == once
    assert mended(mended(name)) == mended(name)
    assert set(once) <= set("abcdefghijklmnopqrstuvwxyz0123456789")


@given(st.text(max_size=30))
def test_a_name_taken_apart_loses_nothing(name: str) -> None:
    read = read_name(name)
    assert read.lookup == player_lookup(name)
    assert read.bare == "".join(read.words) == read.given + read.family
    assert read.bare + read.suffix == read.lookup
    assert all(read.words)


@pytest.mark.parametrize(
    "spelling",
    [
        "Porter Jr., Michael",
        "Porter, Michael Jr.",
        "Michael Porter, Jr.",
        "Porter, Michael, Jr.",
        "  Michael   Porter JR ",
    ],
)
def test_family_name_first_with_a_comma_is_turned_round(spelling: str) -> None:
    read = read_name(spelling)
    assert (read.bare, read.suffix) == ("michaelporter", "jr")


def test_a_lone_v_after_a_comma_is_an_initial() -> None:
    assert player_lookup("Vasquillo, V") == "vvasquillo"


@pytest.mark.parametrize(
    ("spelling", "bare", "suffix"),
    [
        ("Jimmy Butler III", "jimmybutler", "iii"),
        ("Robert Williams II.", "robertwilliams", "ii"),
        ("Gary Payton Sr", "garypayton", "sr"),
        ("Ivan Iv", "ivaniv", ""),  # two words are a name
        ("Jr Smith", "jrsmith", ""),
        ("Viktor Vasiljevi", "viktorvasiljevi", ""),
    ],
)
def test_a_suffix_is_the_last_of_three_words(spelling: str, bare: str, suffix: str) -> None:
    read = read_name(spelling)
    assert (read.bare, read.suffix) == (bare, suffix)


@pytest.mark.parametrize(
    ("spelling", "initials"),
    [
        ("S. Gilgeous-Alexander", "s"),
        ("G Antetokounmpo", "g"),
        ("Ja. Green", "ja"),
        ("Ž. Šamanić", "z"),
        ("Ja Morant", ""),
        ("Cam Johnson", ""),
        ("P.J. Washington", ""),
        ("Nene", ""),
    ],
)
def test_a_first_name_is_cut_short_where_a_dot_or_a_single_letter_says_so(
    spelling: str, initials: str
) -> None:
    assert read_name(spelling).initials == initials


@pytest.mark.parametrize(
    ("spelling", "meant"),
    [
        ("Murray Dejounte", "Dejounte Murray"),
        ("Caldwell Pope Kentavious", "Kentavious Caldwell-Pope"),
        ("Porter Jr. Michael", "Michael Porter Jr."),
        ("Porter Michael Jr.", "Michael Porter Jr."),
        ("Pereira Mãozinha", "Mãozinha Pereira"),
    ],
)
def test_a_name_can_be_read_family_first(spelling: str, meant: str) -> None:
    known = read_name(meant)
    assert (known.bare, known.suffix) in [(r.bare, r.suffix) for r in read_name(spelling).reversals]


def test_suffixes_that_differ_are_two_men_and_a_missing_one_may_be_either() -> None:
    plain, junior, third = (read_name(f"Tim Hardaway{suffix}") for suffix in ("", " Jr.", " III"))
    assert plain.may_be(junior)
    assert junior.may_be(plain)
    assert not junior.may_be(third)
