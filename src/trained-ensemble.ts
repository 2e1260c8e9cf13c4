import { MAX_MEMBERS } from './core/ensemble.ts';
import { InputError } from './core/errors.ts';
import { validateJob } from './core/job-rules.ts';
import type { Adapter, NetworkSettings, TrainingJob } from './core/job.ts';
import { rankedLoss, ranking, type NetworkRecord } from './core/network-record.ts';
import { layOutNetwork } from './core/network.ts';
import type { Plan } from './core/plan.ts';
import type { Sweep, SweepPopulation } from './core/sweep.ts';
import { formatCount } from './core/wording.ts';
import type { Dataset } from './data/dataset.ts';
import type { Model } from './exchange/model.ts';
import { aboutTable, type SourceTable } from './trained-model.ts';

/** One network of an ensemble, trained. */
export interface EnsembleMember {
  readonly settings: NetworkSettings;
  /** [parameterCount] in the layout of `layOutNetwork`. */
  readonly parameters: Float64Array;
}

/** Networks of one job that were trained on the same rows. */
export interface TrainedMembers {
  /** What they share; its networks count for nothing. */
  readonly job: TrainingJob;
  /** 2 to 4,096. */
  readonly members: readonly EnsembleMember[];
  /** How they were trained. */
  readonly plan: Plan;
  /** Null or left out where they were trained on the CPU. */
  readonly adapter?: Adapter | null;
}

/**
 * An ensemble as one model: it predicts the mean of its members and says how far they are apart, and is kept and handed
 * on as any other. It is not trained on: nothing that an optimizer remembers is in it, and no initial parameters.
 *
 * @param dataset what every member was trained on
 * @throws InputError for too few or too many members, one that diverged, one of other rows or another shape
 * @throws RefusalError where digests cannot be made: on a page that came over plain http
 */
export async function ensembleOf(
  { job, members, plan, adapter = null }: TrainedMembers,
  dataset: Dataset,
  table: SourceTable,
): Promise<Model> {
  const { lossStride: _, ...shared } = job;
  const { training } = dataset;
  requireCount(members.length);
  const networks = members.map(({ settings }, member) => settingsOf(settings, training.rowCount, member));
  const ofMembers = { ...shared, networks };
  validateJob(ofMembers, training);
  const { parameterCount } = layOutNetwork(training.inputCount, job.layers);
  const parameters = new Float64Array(members.length * parameterCount);
  members.forEach((each, member) => {
    requireParameters(each.parameters, parameterCount, member);
    parameters.set(each.parameters, member * parameterCount);
  });
  return {
    ...(await aboutTable(dataset, table)),
    job: ofMembers,
    adapter,
    snapshot: {
      plan,
      step: job.steps,
      steps: job.steps,
      parameters,
      lowParts: new Float64Array(parameters.length),
      optimizerState: new Float64Array(0),
    },
    losses: new Float64Array(0),
  };
}

/** A sweep whose networks, or some of them, are over. */
export interface TrainedSweep {
  readonly sweep: Pick<Sweep, 'populations'>;
  /** One per network of the sweep, in its order. */
  readonly records: readonly NetworkRecord[];
  /** Null where it was trained on the CPU. */
  readonly adapter: Adapter | null;
}

/**
 * The networks of a sweep that an ensemble can be made of: those over that did not diverge and share layers and optimizer
 * with the best one, which is the first of them. Of networks that came out the same the first is taken: a copy says
 * nothing more, and would make the others look closer together.
 *
 * @returns their places in the sweep, the best first
 */
export function ensemblePlaces({ sweep, records }: Pick<TrainedSweep, 'sweep' | 'records'>): number[] {
  const sound = ranking(records).filter((place) => records[place].divergedAt === undefined);
  if (sound.length === 0) return [];
  const together = new Set(populationOf(sweep, sound[0]).networks);
  return withoutCopies(
    sound.filter((place) => together.has(place)),
    records,
  );
}

/** Networks that are the same to the last bit have the same loss too. */
function withoutCopies(places: readonly number[], records: readonly NetworkRecord[]): number[] {
  const byLoss = new Map<number, (Float64Array | undefined)[]>();
  return places.filter((place) => {
    const { parameters } = records[place];
    const loss = rankedLoss(records[place]);
    const alike = byLoss.get(loss) ?? [];
    byLoss.set(loss, alike);
    if (alike.some((other) => other && parameters && isSame(other, parameters))) return false;
    alike.push(parameters);
    return true;
  });
}

function isSame(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

/**
 * The best networks of a sweep as one model, with the parameters it keeps of each: where they stopped early, those of
 * their lowest validation loss.
 *
 * @param count 2 to 4,096; where fewer can be taken (`ensemblePlaces`), all of those
 * @param dataset what the sweep trained on
 * @throws InputError if there are fewer than 2, or as `ensembleOf`; RefusalError as `ensembleOf`
 */
export async function ensembleOfSweep(
  { sweep, records, adapter }: TrainedSweep,
  count: number,
  dataset: Dataset,
  table: SourceTable,
): Promise<Model> {
  requireCount(count);
  const places = ensemblePlaces({ sweep, records });
  if (places.length < 2) {
    throw new InputError(
      'An ensemble takes 2 or more networks that differ, did not diverge and share layers and optimizer with the best one; of ' +
        `this sweep there ${places.length === 1 ? 'is 1' : 'are 0'}. Sweep more seeds, or lower learning rates.`,
    );
  }
  const { job, networks } = populationOf(sweep, places[0]);
  const members = places.slice(0, count).map((place) => {
    const { parameters } = records[place];
    if (!parameters) throw new Error(`network ${place} has no parameters`);
    return { settings: job.networks[networks.indexOf(place)], parameters };
  });
  const { plan } = records[places[0]];
  if (!plan) throw new Error(`network ${places[0]} has no plan`);
  return ensembleOf({ job, members, plan, adapter }, dataset, table);
}

function populationOf({ populations }: TrainedSweep['sweep'], place: number): SweepPopulation {
  const population = populations.find(({ networks }) => networks.includes(place));
  if (!population) throw new Error(`the sweep has no network ${place}`);
  return population;
}

function requireCount(memberCount: number): void {
  if (memberCount >= 2 && memberCount <= MAX_MEMBERS) return;
  throw new InputError(
    `An ensemble takes 2 to ${formatCount(MAX_MEMBERS)} networks, not ${formatCount(memberCount)}. Choose other ones.`,
  );
}

function settingsOf(settings: NetworkSettings, rowCount: number, member: number): NetworkSettings {
  const { initialParameters: _, rows, ...kept } = settings;
  if (!rows || (rows.first === 0 && rows.count === rowCount)) return kept;
  throw new InputError(
    `Member ${formatCount(member + 1)} was trained on ${formatCount(rows.count)} of ${formatCount(rowCount)} rows; the ` +
      'members of an ensemble are trained on all of them. Leave the networks of folds out.',
  );
}

function requireParameters(parameters: Float64Array, parameterCount: number, member: number): void {
  if (parameters.length !== parameterCount) {
    throw new InputError(
      `Member ${formatCount(member + 1)} has ${formatCount(parameters.length)} parameters; this job’s networks have ` +
        `${formatCount(parameterCount)}. Choose networks of one shape.`,
    );
  }
  const faulty = parameters.findIndex((value) => !Number.isFinite(value));
  if (faulty < 0) return;
  throw new InputError(
    `Parameter ${formatCount(faulty + 1)} of member ${formatCount(member + 1)} is ${parameters[faulty]}: it has diverged. ` +
      'Leave it out.',
  );
}
