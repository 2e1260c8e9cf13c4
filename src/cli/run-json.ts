import {
  InputError,
  nameParameters,
  type Measurement,
  type PartAssessment,
  type RunResult,
} from '../index.ts';
import { count } from './wording.ts';

/** More would not fit into one string. */
const MOST_NUMBERS = 10_000_000;

/** @throws InputError if a run has more numbers than one JSON object can hold */
export function requireRoomInJson(parameterCount: number, logLineCount: number): void {
  const numberCount = 2 * parameterCount + 2 * logLineCount;
  if (numberCount <= MOST_NUMBERS) return;
  throw new InputError(
    `--json prints at most ${count(MOST_NUMBERS)} numbers; ${count(parameterCount)} parameters and ` +
      `${count(logLineCount)} losses are ${count(numberCount)}. Use a larger --log-every or narrower layers.`,
  );
}

/** What `--json` says of a run; numbers keep every digit. Weights are [units, inputs], as PyTorch keeps them. */
export function runObject(result: RunResult, logEvery: number, measurement?: Measurement) {
  const { network, losses, predictions } = result;
  const { outputCount } = network;
  const logged: [step: number, loss: number][] = [];
  for (let step = 0; step < losses.length; step += logEvery) logged.push([step, losses[step]]);
  return {
    backend: result.backend,
    strategy: result.plan.strategy,
    plan: result.plan,
    planned: result.planned,
    adapter: result.adapter,
    steps: result.steps,
    losses: logged,
    finalLoss: losses[losses.length - 1],
    initialParameters: Object.fromEntries(nameParameters(network, result.initialParameters)),
    parameters: Object.fromEntries(nameParameters(network, result.parameters)),
    predictions: Array.from({ length: predictions.length / outputCount }, (_, row) =>
      Array.from(predictions.subarray(row * outputCount, (row + 1) * outputCount)),
    ),
    recoveries: result.recoveries,
    timing: result.timing,
    ...(measurement && { measurement }),
  };
}

/** What `--json` says of a part of the table: without the rows themselves. */
export function measuresObject({ part, rowCount, network, linearModel, constant }: PartAssessment) {
  return { part, rowCount, network, linearModel, constant };
}

/** Typed arrays as lists; null for what is no number, because its run diverged. */
export function plainJson(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, entry: unknown) =>
      ArrayBuffer.isView(entry) ? [...(entry as Float64Array)] : entry,
    ),
  );
}

/** One line of JSON. A number that JSON would turn into null is a bug, never a result. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, (key, entry: unknown) => {
    if (typeof entry === 'number' && !Number.isFinite(entry)) throw new Error(`${key} is ${entry} in --json`);
    return entry;
  });
}
