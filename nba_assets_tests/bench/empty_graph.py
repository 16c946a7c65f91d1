"""`python -m nba_assets_tests.bench.empty_graph`: the season through assets that log one passed verdict per gate and date."""

import argparse

import dagster as dg

from nba_assets.automation.backfill import Backfill, selection
from nba_assets.automation.event_log import open_event_log
from nba_assets.definitions import build_defs
from nba_assets.partitions import season_dates
from nba_assets.settings import Settings
from nba_assets_tests.bench.processes import FIRST, LAST


def run_empty_graph(select: str | None) -> None:
    """Backfill the season through the selected assets, emptied."""
    settings = Settings.load()
    real = build_defs(settings)
    empty = dg.Definitions(
        assets=[
            _emptied(asset) for asset in real.assets or () if isinstance(asset, dg.AssetsDefinition)
        ],
        executor=dg.in_process_executor,
    )
    keys = selection(empty.resolve_asset_graph(), select)
    with open_event_log(), dg.DagsterInstance.get() as instance:
        work = Backfill(empty, instance, keys)
        for layer in work.layers:
            for run in work.run(layer, season_dates(FIRST, LAST), "bench"):
                if run.failures:
                    raise SystemExit(str(run.failures))
        if work.left_out:
            raise SystemExit(f"left out: {work.left_out[:3]}")


def _emptied(asset: dg.AssetsDefinition) -> dg.AssetsDefinition:
    specs = [spec.replace_attributes(automation_condition=None) for spec in asset.specs]
    checks = list(asset.check_specs)

    @dg.multi_asset(
        name=asset.op.name,
        specs=specs,
        check_specs=checks,
        can_subset=True,
        backfill_policy=dg.BackfillPolicy.single_run() if asset.partitions_def else None,
    )
    def nothing(context: dg.AssetExecutionContext):  # type: ignore[no-untyped-def]
        for partition in context.partition_keys if asset.partitions_def else [None]:
            for check in checks:
                if check.asset_key in context.selected_asset_keys:
                    context.log_event(
                        dg.AssetCheckEvaluation(
                            asset_key=check.asset_key,
                            check_name=check.name,
                            passed=True,
                            partition=partition,
                            blocking=check.blocking,
                        )
                    )
        for key in (s.key for s in specs if s.key in context.selected_asset_keys):
            yield dg.MaterializeResult(asset_key=key)

    return nothing


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--select")
    run_empty_graph(parser.parse_args().select)
