"""What the gates of a run said, by asset, gate and date."""

from datetime import date
from typing import NamedTuple

import dagster as dg


class Said(NamedTuple):
    """A verdict as the event log has it."""

    passed: bool
    effect: str
    offenders: int
    named: str


def verdicts(
    instance: dg.DagsterInstance, result: dg.ExecuteInProcessResult
) -> dict[tuple[str, str, date], Said]:
    """Every verdict of a run. One without its date, or a date judged twice, is an error here."""
    found: dict[tuple[str, str, date], Said] = {}
    records = instance.get_records_for_run(
        result.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION
    ).records
    for record in records:
        assert record.event_log_entry.dagster_event
        evaluation = record.event_log_entry.dagster_event.asset_check_evaluation_data
        assert evaluation.partition, f"{evaluation.check_name} was judged without a date"
        key = (
            evaluation.asset_key.to_user_string(),
            evaluation.check_name,
            date.fromisoformat(evaluation.partition),
        )
        assert key not in found
        said = {name: value.value for name, value in evaluation.metadata.items()}
        found[key] = Said(
            evaluation.passed,
            str(said.get("effect", "")),
            int(str(said.get("offenders", 0))),
            str(said.get("named", "")),
        )
    return found


def failures(result: dg.ExecuteInProcessResult) -> dict[str, str]:
    """What each failed step says, by its name."""
    found = {}
    for event in result.all_node_events:
        if event.is_step_failure and event.step_key:
            described = event.step_failure_data.user_failure_data
            found[event.step_key] = (described.description or "") if described else ""
    return found
