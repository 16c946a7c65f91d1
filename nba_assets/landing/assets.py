"""The landing assets: one per provider feed, made from the feed's data alone."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import dagster as dg

from nba_assets.gates.audit import listed
from nba_assets.gates.publish import Progress
from nba_assets.gates.table_asset import OWNER, Room
from nba_assets.landing.desk import Asked, Desk
from nba_assets.sources import feeds
from nba_assets.sources.feeds import FEEDS, NBA_SCHEDULE, Feed

ANSWERED = "every_due_request_answered"


def landing_assets(room: Room) -> list[dg.AssetsDefinition]:
    """One asset per feed."""
    return [_landing_asset(room, feed) for feed in FEEDS]


def _landing_asset(room: Room, feed: Feed) -> dg.AssetsDefinition:
    key = dg.AssetKey(["landing", feed.name])
    answered = dg.AssetCheckSpec(
        ANSWERED,
        asset=key,
        partitions_def=room.game_dates,
        description="Every request that was due has a final answer: a body that is accepted, or word"
        " that there is none. It blocks nothing: whether the date can live without is decided by raw.",
    )
    spec = dg.AssetSpec(
        key,
        description=room.described(
            f"One body per {feed.about}. The record of what was answered, never changed."
        ),
        tags=room.tags,
        partitions_def=room.game_dates,
        group_name="landing",
        # Which games to ask about is read from the season file.
        deps=[] if feed.per == "season" else [dg.AssetKey(["landing", NBA_SCHEDULE.name])],
        kinds={"python", "json"},
        owners=[OWNER],
        freshness_policy=room.freshness.get("landing"),
        skippable=True,
        metadata={
            "dagster/code_references": dg.CodeReferencesMetadataValue(
                code_references=[
                    dg.LocalFileCodeReference(
                        file_path=str(Path(feeds.__file__)), line_number=1, label="feeds.py"
                    )
                ]
            ),
            "dagster/column_schema": dg.TableSchema(
                columns=[
                    dg.TableColumn(name, "field", description=_described(info))
                    for name, info in feed.payload.model_fields.items()
                ]
            ),
            "routes": "\n".join(str(route.url) for route in feed.routes),
        },
    )

    @dg.multi_asset(
        name="__".join(key.path),
        specs=[spec],
        check_specs=[answered],
        can_subset=True,
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def ask_and_land(
        context: dg.AssetExecutionContext,
        desk: dg.ResourceParam[Desk],
        progress: dg.ResourceParam[Progress],
    ) -> Iterator[dg.MaterializeResult]:
        for partition in context.partition_keys:
            asked = desk.ask(feed, date.fromisoformat(partition))
            context.log_event(_evaluation(key, asked))
            progress.done(f"landing/{feed.name}", asked.day, asked.state)
            if context.selected_asset_keys:
                context.add_asset_metadata(_facts(asked), asset_key=key, partition_key=partition)
        if context.selected_asset_keys:
            yield dg.MaterializeResult(asset_key=key)

    return ask_and_land


def _evaluation(key: dg.AssetKey, asked: Asked) -> dg.AssetCheckEvaluation:
    return dg.AssetCheckEvaluation(
        asset_key=key,
        check_name=ANSWERED,
        passed=not asked.failed,
        partition=str(asked.day),
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "failed": len(asked.failed),
            **({"named": listed(asked.failed)} if asked.failed else {}),
        },
    )


def _facts(asked: Asked) -> dict[str, object]:
    named = {
        "failed": asked.failed,
        "fallbacks": asked.fallbacks,
        "no_data": asked.no_data,
        "not_due": asked.not_due,
    }
    return {
        "dagster/partition_row_count": asked.bodies,
        "state": asked.state,
        "requests": asked.requests,
        "bytes": asked.bytes,
        **({"no_games": True} if asked.note in ("off season", "no games") else {}),
        **({"note": asked.note} if asked.note else {}),
        **{name: listed(items) for name, items in named.items() if items},
    }


def _described(info: object) -> str:
    return str(getattr(info, "annotation", ""))
