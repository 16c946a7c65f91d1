"""The contracts of form and role: what they promise, the tables and their SQL have."""

import re
from pathlib import Path

import pytest

import nba_assets.precompute
from nba_assets.definitions import TABLES
from nba_assets.precompute.features import ADDED, FEATURES, Feature
from nba_assets.precompute.role_features import ROLE_OUTLOOK, SCORING_FORM
from nba_assets.precompute.tables import PLAYER_ROLE_OUTLOOK, PLAYER_SCORING_FORM
from nba_assets.predictions.recipes import RECIPES
from nba_assets.predictions.vectors import CONTRACTS, LINE_BLOCK, STACKED
from nba_assets.warehouse.sql import Query
from nba_assets.warehouse.table import Table

OF_TABLES = ((PLAYER_SCORING_FORM, SCORING_FORM), (PLAYER_ROLE_OUTLOOK, ROLE_OUTLOOK))
ALL = (*SCORING_FORM, *ROLE_OUTLOOK)


def test_no_two_tables_have_a_feature_of_one_name() -> None:
    names = [f.name for f in (*FEATURES, *ADDED, *ALL, STACKED)]
    assert len(names) == len(set(names)) == len(CONTRACTS)


@pytest.mark.parametrize("feature", ALL, ids=lambda f: f.name)
def test_a_feature_says_unit_source_window_and_what_it_may_know(feature: Feature) -> None:
    assert feature.unit
    assert feature.window
    assert feature.knows
    assert (feature.column.name, feature.column.type) == (feature.name, "FLOAT64")


@pytest.mark.parametrize(("table", "features"), OF_TABLES, ids=lambda x: getattr(x, "name", ""))
def test_the_sql_reads_each_feature_where_the_contract_says(
    table: Table, features: tuple[Feature, ...]
) -> None:
    path = Path(nba_assets.precompute.__file__).parent / f"{table.table_name}.sql"
    found = Query(path).column_lineage(TABLES)
    for feature in features:
        assert feature.name in table.column_names
        read = {(name.split(".")[1], column) for name, column in found[feature.name]}
        said = re.findall(r"([a-z_]+)\.([a-z_0-9]+)", feature.source)
        assert said, feature.name
        assert set(said) <= read, feature.name


def test_the_model_that_sees_no_line_reads_features_that_there_are_and_none_of_a_book() -> None:
    recipe = RECIPES["catboost"]
    assert set(recipe.features) <= set(CONTRACTS)
    assert not set(recipe.features) & LINE_BLOCK
    assert len(set(recipe.features)) == len(recipe.features)
    linear = recipe.parts.linear
    assert linear is not None
    used = {*linear.features, *(name for pair in linear.products for name in pair)}
    assert used | set(recipe.needs) <= set(recipe.features)
