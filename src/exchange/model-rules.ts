import { InputError } from '../core/errors.ts';
import { validateJob } from '../core/job-rules.ts';
import { requireFitting } from '../core/plan.ts';
import type { Encoding, InputEncoding } from '../data/encoding.ts';
import { MAX_FLOAT32 } from '../data/numbers.ts';
import { memberCountOf, networkOf, parametersOf, type Model } from './model.ts';

/** What does not hold of a model, with the sentence for it. */
type Rule = readonly [what: string, holds: boolean];

/**
 * What the parts of a model say of one another.
 *
 * @throws InputError if they contradict
 */
export function requireConsistent(model: Model): void {
  const { encoding, job, snapshot, table } = model;
  const { inputCount, parameterCount } = networkOf(model);
  const isEnsemble = memberCountOf(model) > 1;
  if (!isEnsemble) requireFitting(snapshot, parameterCount, job);
  const outputCount = encoding.targetScaling.length;
  // A row of zeros stands for the table that is not here.
  const row = { inputs: new Float64Array(inputCount), targets: new Float64Array(outputCount) };
  const { batchSize = 1, ...rest } = job;
  validateJob(rest, { rowCount: 1, inputCount, outputCount, ...row });
  requireAll([
    ['it was trained on no row', table.trainingRows.length > 0],
    [
      'its batches are larger than the rows it was trained on',
      batchSize <= Math.max(1, table.trainingRows.length),
    ],
    [
      'its plan and its adapter are not of one path',
      (snapshot.plan.strategy === 'reference') === (model.adapter === null),
    ],
    ['it is an ensemble, and not at the end of its training', !isEnsemble || snapshot.step === job.steps],
    ...encodingRules(encoding),
    ...columnRules(model),
  ]);
}

/**
 * Holds the state of a training to be that of the network it stands beside.
 *
 * @param whole the parameters its layers hold
 * @throws InputError if they contradict
 */
export function requireSameParameters(snapshot: Model['snapshot'], whole: Float64Array): void {
  const isSame = parametersOf({ snapshot }).every((value, i) => value === whole[i]);
  requireAll([['the state of its training has other parameters than its layers', isSame]]);
}

function requireAll(rules: readonly Rule[]): void {
  const contradiction = rules.find(([, holds]) => !holds);
  if (!contradiction) return;
  throw new InputError(
    `The model contradicts itself: ${contradiction[0]}. Save it again, or take an unaltered copy.`,
  );
}

function encodingRules({ task, inputs, targets, classes = [], targetScaling }: Encoding): Rule[] {
  const outputCount = targetScaling.length;
  const classCount = { regression: 0, binary: targets.length === 1 ? 2 : 0, classification: outputCount };
  const isUnscaled = targetScaling.every(({ offset, factor }) => offset === 0 && factor === 1);
  return [
    ['its classes are not those of its task', classes.length === classCount[task] && areDistinct(classes)],
    [
      'it has another number of targets than of outputs',
      task === 'classification' ? targets.length === 1 : targets.length === outputCount,
    ],
    ['its probabilities are scaled', task === 'regression' || isUnscaled],
    ['a number is scaled by less than 0', targetScaling.every(({ factor }) => factor > 0)],
    ['an input has a category twice, or is filled with what it does not know', inputs.every(isSound)],
  ];
}

function isSound(input: InputEncoding): boolean {
  const { fill } = input;
  if (input.type === 'category') {
    return areDistinct(input.categories) && (fill === null || input.categories.includes(String(fill)));
  }
  const { offset, factor } = input.scaling;
  return factor > 0 && (fill === null || Math.abs((Number(fill) - offset) / factor) <= MAX_FLOAT32);
}

/** The inputs and targets are the columns that are planned so, in their order. */
function columnRules({ encoding, table: { columns, options } }: Model): Rule[] {
  const planned = (wanted: 'input' | 'target') => columns.filter(({ role }) => role === wanted);
  const inputs = planned('input');
  const isPlanned =
    inputs.length === encoding.inputs.length &&
    inputs.every(({ name, type }, i) => {
      return name === encoding.inputs[i].column && type === encoding.inputs[i].type;
    });
  const targets = planned('target').map(({ name }) => name);
  return [
    ['a column has the name of another', areDistinct(columns.map(({ name }) => name))],
    [
      'its inputs and targets are not those of its columns',
      isPlanned && JSON.stringify(targets) === JSON.stringify(encoding.targets),
    ],
    ['it has another task than was chosen', (options.task ?? encoding.task) === encoding.task],
    [
      'it keeps more rows apart than there are',
      [options.validation, options.test].every((share) => share >= 0 && share < 1),
    ],
  ];
}

function areDistinct(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}
