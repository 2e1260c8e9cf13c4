import { finalLoss, hasFailed, sweepBytes, type SweepResult, type SweepSettings } from '../index.ts';
import { networksPerSecond } from './sweep-text.ts';

/**
 * What `--json` says of a sweep; a loss that is no number is null. Networks and groups are compared by the loss that
 * `rankedBy` names: `lower`, `median`, `upper` and `best` of a group are of it, best and ensemble are chosen by it.
 *
 * @param line that trains the best network alone
 */
export function sweepObject(
  result: SweepResult,
  { base, search }: SweepSettings,
  { inputCount, line }: { readonly inputCount: number; readonly line: string | undefined },
) {
  const { backend, adapter, sweep, constantLoss, rankedBy, trainMs, recoveryCount, isOver } = result;
  const { initialParameters: _, ...settings } = base;
  return {
    backend,
    adapter,
    settings,
    axes: sweep.axes,
    search,
    networkCount: sweep.networks.length,
    overCount: result.ranking.length,
    isOver,
    memory: sweepBytes(sweep, inputCount),
    timing: { trainMs, networksPerSecond: networksPerSecond(result) },
    recoveryCount,
    populations: sweep.populations.map(({ networks }, i) => ({ networks, ...result.planned[i] })),
    constantLoss,
    rankedBy,
    ranking: result.ranking,
    networks: networksOf(result),
    groups: result.groups.map(({ lower, median, upper, best, ...group }) => ({
      ...group,
      lower: finite(lower),
      median: finite(median),
      upper: finite(upper),
      best: finite(best),
    })),
    trainBest: line,
  };
}

function networksOf({ sweep, records, constantLoss }: SweepResult) {
  return records.map((record, place) => {
    const { isOver, validationLoss, divergedAt, step, plan } = record;
    return {
      values: sweep.networks[place].values,
      isOver,
      finalLoss: isOver ? finite(finalLoss(record)) : null,
      validationLoss: finite(validationLoss),
      divergedAt: divergedAt ?? null,
      failed: isOver ? hasFailed(record, constantLoss) : undefined,
      steps: step,
      plan,
    };
  });
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
