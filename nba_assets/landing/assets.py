"""The landing assets: one per provider feed, made from the feed's data alone."""

import inspect
from collections.abc import Iterator
from datetime import date
from typing import Any

import dagster as dg

from nba_assets.gates.audit import listed
from nba_assets.gates.publish import Progress
from nba_assets.gates.table_asset import OWNER, Room
from nba_assets.landing.desk import Asked, Desk
from nba_assets.landing.rounds import Broken, ask_all, needs
from nba_assets.sources.feed import Feed
from nba_assets.sources.feeds import FEEDS
from nba_assets.sources.policy import POLICIES

ANSWERED = "every_due_request_answered"
# Tag of a feed that a backfill leaves out where it is not named.
ON_DEMAND = "nba_assets/on_demand"


def landing_assets(room: Room) -> dg.AssetsDefinition:
    """One asset per feed, all asked by one step, so that their hosts are asked side by side."""
    checks = [_answered(room, feed) for feed in FEEDS]
    named = {key_of(feed): feed for feed in FEEDS}

    @dg.multi_asset(
        name="landing",
        specs=[_spec(room, feed) for feed in FEEDS],
        check_specs=checks,
        can_subset=True,
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def ask_and_land(
        context: dg.AssetExecutionContext,
        desk: dg.ResourceParam[Desk],
        progress: dg.ResourceParam[Progress],
    ) -> Iterator[dg.MaterializeResult]:
        materialized = set(context.selected_asset_keys)
        wanted = materialized | {check.asset_key for check in context.selected_asset_check_keys}
        feeds = [feed for key, feed in named.items() if key in wanted]
        dates = [date.fromisoformat(partition) for partition in context.partition_keys]
        desk.claim_home()
        broken: list[Broken] = []
        landed: list[tuple[dg.AssetKey, Asked]] = []
        with desk.recorded(context.run.run_id):
            for asked in ask_all(desk, feeds, dates):
                key = dg.AssetKey(["landing", asked.feed])
                context.log_event(_evaluation(key, asked))
                if isinstance(asked, Broken):
                    broken.append(asked)
                    progress.done(f"landing/{asked.feed}", asked.day, "failed")
                    continue
                progress.done(f"landing/{asked.feed}", asked.day, asked.state)
                if key in materialized:
                    landed.append((key, asked))
        if broken:
            for key, asked in landed:
                context.log_event(
                    dg.AssetMaterialization(key, partition=str(asked.day), metadata=_facts(asked))
                )
            raise dg.Failure("\n".join(map(str, broken))) from broken[0].error
        for key, asked in landed:
            context.add_asset_metadata(_facts(asked), asset_key=key, partition_key=str(asked.day))
        for key in named:
            if key in materialized:
                yield dg.MaterializeResult(asset_key=key)

    return ask_and_land


def key_of(feed: Feed) -> dg.AssetKey:
    """`["landing", "nba_schedule"]` of the feed `nba_schedule`."""
    return dg.AssetKey(["landing", feed.name])


def _answered(room: Room, feed: Feed) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        ANSWERED,
        asset=key_of(feed),
        partitions_def=room.game_dates,
        description="Every request that was due has a final answer: a body that is accepted, or word"
        " that there is none. It blocks nothing: whether the date can live without is decided by raw.",
    )


def _spec(room: Room, feed: Feed) -> dg.AssetSpec:
    policy = POLICIES[feed.host]
    key = policy.key.setting if policy.key else ""
    return dg.AssetSpec(
        key_of(feed),
        description=room.described(
            f"One body per {feed.about}. The record of what was answered, never changed."
            + (f" Asked with the key {key}; without it, skipped." if key else "")
            + (" Asked only where it is named." if feed.on_demand else "")
        ),
        tags={**room.tags, **({ON_DEMAND: ""} if feed.on_demand else {})},
        partitions_def=room.game_dates,
        group_name="landing",
        # Which games to ask about, and other providers' ids of them, are read from these.
        deps=[key_of(other) for other in needs(feed)],
        kinds={"python", feed.kind},
        owners=[OWNER],
        freshness_policy=None if feed.on_demand else room.freshness.get("landing"),
        skippable=True,
        metadata={
            "dagster/code_references": dg.CodeReferencesMetadataValue(
                code_references=[
                    dg.LocalFileCodeReference(
                        file_path=str(inspect.getfile(feed.payload)), line_number=1, label=feed.name
                    )
                ]
            ),
            "dagster/column_schema": dg.TableSchema(
                columns=[
                    dg.TableColumn(name, "field", description=_described(info))
                    for name, info in feed.payload.model_fields.items()
                ]
            ),
            "provider": policy.provider,
            "routes": "\n".join(str(route.url) for route in feed.routes),
            "serves": ", ".join(feed.serves) or "kept, no table is made of it",
            "requests_per_second": policy.requests_per_second,
            **({"daily_budget": policy.daily_budget} if policy.daily_budget else {}),
        },
    )


def _evaluation(key: dg.AssetKey, asked: Asked | Broken) -> dg.AssetCheckEvaluation:
    failed = [str(asked)] if isinstance(asked, Broken) else asked.failed
    skipped = "" if isinstance(asked, Broken) else asked.skipped
    return dg.AssetCheckEvaluation(
        asset_key=key,
        check_name=ANSWERED,
        passed=not failed,
        partition=str(asked.day),
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "failed": len(failed),
            **({"named": listed(failed)} if failed else {}),
            **({"skipped": skipped} if skipped else {}),
        },
    )


def _facts(asked: Asked) -> dict[str, Any]:
    named = {
        "failed": asked.failed,
        "fallbacks": asked.fallbacks,
        "no_data": asked.no_data,
        "not_due": asked.not_due,
        "clock_skew": asked.clock_skew,
    }
    return {
        "dagster/partition_row_count": asked.bodies,
        "state": asked.state,
        "requests": asked.requests,
        "attempts": asked.attempts,
        "seconds": round(asked.seconds, 3),
        "bytes": asked.bytes,
        **(
            {"outcomes": ", ".join(f"{n} {name}" for name, n in sorted(asked.outcomes.items()))}
            if asked.outcomes
            else {}
        ),
        **({"no_games": True} if asked.note in ("off season", "no games") else {}),
        **({"note": asked.note} if asked.note else {}),
        **{name: listed(items) for name, items in named.items() if items},
    }


def _described(info: object) -> str:
    return str(getattr(info, "annotation", ""))
