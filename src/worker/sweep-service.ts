import {
  constantLoss,
  ensembleOfSweep,
  ensemblePlaces,
  expandSweep,
  finalLoss,
  hasFailed,
  lossSteps,
  onThisThread,
  ranking,
  recordsOfSweep,
  tasksOfSweep,
  readSweepAxis,
  requireSweepFits,
  standingFan,
  sweepable,
  sweepBytes,
  sweepCsv,
  sweepGroups,
  sweepHeat,
  SweepRun,
  sweptText,
  validateJob,
  type AloneTrainer,
  type Backend,
  type ColumnPlan,
  type DatasetOptions,
  type GpuStrategy,
  type JobSettings,
  type LiveFan,
  type NetworkRecord,
  type Plan,
  type Sweep,
  type SweptName,
} from '../index.ts';
import { assessParameters, type AssessmentReport } from './assessment-report.ts';
import { createBrowserPool } from './browser-pool.ts';
import type { ModelService } from './model-service.ts';
import type { SweepColumn, SweepCurve, SweepOrder, SweepReport, SweepRow } from './sweep-report.ts';
import type { KeptDataset, TableKeeper } from './table-keeper.ts';

/** What is to be swept, as a person wrote it. */
export interface SweepRequest {
  /** Of the table that is meant. */
  readonly id: number;
  readonly plans: readonly ColumnPlan[];
  readonly options: DatasetOptions;
  /** Holds where nothing is swept. */
  readonly base: JobSettings;
  /** Of each swept setting its values: `0.001..1:log:8`. */
  readonly texts: Readonly<Partial<Record<SweptName, string>>>;
  /** Networks that are drawn; every combination if left out. */
  readonly drawCount?: number | undefined;
  readonly backend: Backend['name'];
  readonly strategy?: GpuStrategy | undefined;
  /** Looks at the validation loss without a new lowest one before a network ends; it does not if left out. */
  readonly patience?: number | undefined;
}

/** What a sweep will be. */
export interface SweepSheet {
  readonly networkCount: number;
  /** Populations that are trained one after the other: networks of one shape. */
  readonly populationCount: number;
  /** What is kept of losses and parameters until the results are written down. */
  readonly bytes: number;
  readonly axes: readonly { readonly name: SweptName; readonly label: string }[];
  /** Settings that a heat map can be drawn over: those with several values, seeds left out. */
  readonly heatNames: readonly SweptName[];
}

/** A sweep the worker holds for the page. */
interface HeldSweep {
  readonly sweep: Sweep;
  readonly run: SweepRun;
  readonly prepared: KeptDataset;
  readonly constantLoss: number;
  /** One per network, in the order of the sweep. */
  readonly records: readonly NetworkRecord[];
  readonly steps: Uint32Array;
}

/** How often a running sweep reports, in milliseconds. */
const REPORT_EVERY_MS = 500;
/** Groups that a report has at most. */
const MOST_GROUPS = 200;
/** While it trains, a fan has a quarter of its points. */
const LIVE_EVERY = 4;

/** Sweeps for the page, one at a time. */
export class SweepService {
  readonly #tables: TableKeeper;
  readonly #models: ModelService;
  #held: HeldSweep | undefined;
  #controller = new AbortController();
  #pool: AloneTrainer | undefined;
  /** Of the call of `train` that goes on. */
  #onProgress = () => {};
  #heat: { readonly columnName: SweptName; readonly rowName: SweptName } | undefined;

  constructor(tables: TableKeeper, models: ModelService) {
    this.#tables = tables;
    this.#models = models;
  }

  /** What would be trained. @throws InputError for values that cannot be swept */
  describe(request: SweepRequest): SweepSheet {
    return sheetOf(this.#expand(request));
  }

  /** Holds a sweep, in the place of the one before. @throws InputError as `describe` */
  open(request: SweepRequest): SweepSheet {
    const { sweep, prepared } = this.#expand(request);
    const { dataset } = prepared;
    const run = new SweepRun(request.backend, tasksOfSweep(sweep, dataset), {
      // The threads are those of the call of `train` that goes on.
      pool: {
        parallel: navigator.hardwareConcurrency,
        train: (task, signal) => (this.#pool ?? onThisThread).train(task, signal),
      },
      ...(request.strategy && { strategy: request.strategy }),
      ...(request.patience !== undefined && { patience: request.patience }),
      onProgress: () => this.#onProgress(),
    });
    // What cannot be trained leaves the sweep before in its place.
    this.close();
    const sheet = sheetOf({ sweep, prepared });
    const [columnName, rowName] = sheet.heatNames;
    this.#heat = rowName && { columnName, rowName };
    this.#held = {
      sweep,
      run,
      prepared,
      constantLoss: constantLoss(request.base.loss, dataset.training),
      records: recordsOfSweep(run, sweep),
      steps: lossSteps(sweep.populations[0].job),
    };
    return sheet;
  }

  /** Trains on, to the end or until `pause`. @throws RefusalError, DeviceLostError as `SweepRun.train` */
  async train(onReport: (report: SweepReport) => unknown): Promise<void> {
    const held = this.#require();
    this.#controller = new AbortController();
    let reportedAt = performance.now();
    this.#onProgress = () => {
      if (performance.now() - reportedAt < REPORT_EVERY_MS) return;
      onReport(this.#report(held, LIVE_EVERY));
      reportedAt = performance.now();
    };
    const pool = createBrowserPool();
    this.#pool = pool;
    try {
      await held.run.train(this.#controller.signal);
    } finally {
      pool.dispose();
    }
  }

  pause(): void {
    this.#controller.abort();
  }

  /** How it stands. */
  report(): SweepReport {
    return this.#report(this.#require(), 1);
  }

  /** Draws the heat map over other settings from now on. */
  chooseHeat(columnName: SweptName, rowName: SweptName): SweepReport {
    this.#heat = { columnName, rowName };
    return this.report();
  }

  /** The losses of one network. */
  curve(place: number): SweepCurve {
    return curveOf(this.#require(), place);
  }

  /** Rows of the table of results. */
  rows(order: SweepOrder, count: number): SweepRow[] {
    const held = this.#require();
    const { sweep, records } = held;
    const ranked = ranking(records);
    const rankOf = new Map(ranked.map((place, i) => [place, i + 1]));
    return sortedPlaces(held, ranked, order)
      .slice(0, count)
      .map((place) => {
        const record = records[place];
        const { isOver, validationLoss, divergedAt, step } = record;
        return {
          place,
          rank: rankOf.get(place),
          values: sweep.axes.map(({ name }) => {
            const value = sweep.networks[place].values[name];
            return value === undefined ? '' : sweptText(value);
          }),
          finalLoss: isOver ? finite(finalLoss(record)) : undefined,
          validationLoss: finite(validationLoss),
          hasFailed: isOver && hasFailed(record, held.constantLoss),
          divergedAt,
          steps: step,
        };
      });
  }

  /**
   * How well the best network does on every part of its table; undefined where all diverged, or none is over.
   *
   * @param threshold from which probability on a binary output counts as 1
   */
  assessBest(threshold: number): AssessmentReport | undefined {
    const { sweep, records, prepared } = this.#require();
    const [best] = ranking(records);
    const parameters = best === undefined ? undefined : records[best].parameters;
    if (!parameters?.every(Number.isFinite)) return undefined;
    return assessParameters(prepared.dataset, sweep.networks[best].settings, { parameters, threshold });
  }

  /** Every network as a line of CSV, the best first. */
  csv(): string {
    const { sweep, records, constantLoss: toBeat } = this.#require();
    return sweepCsv(sweep, records, toBeat);
  }

  /** Complete settings of a network, and how it was trained: what repeats it. */
  networkAt(place: number): { readonly settings: JobSettings; readonly plan: Plan | undefined } {
    const { sweep, records } = this.#require();
    return { settings: sweep.networks[place].settings, plan: records[place].plan };
  }

  /**
   * The best networks as one model, which is kept as one from a file.
   *
   * @param count 2 to 4,096; all that can be taken where there are fewer
   * @param name of the table
   * @returns its number among the models
   * @throws InputError if there are fewer than 2, RefusalError where digests cannot be made
   */
  async openEnsemble(count: number, name: string): Promise<number> {
    const { sweep, records, run, prepared } = this.#require();
    const { dataset, source } = prepared;
    const trained = { sweep, records, adapter: run.adapter };
    return this.#models.add(await ensembleOfSweep(trained, count, dataset, { ...source, name }));
  }

  close(): void {
    this.#controller.abort();
    this.#held = undefined;
  }

  #require(): HeldSweep {
    if (!this.#held) throw new Error('there is no sweep');
    return this.#held;
  }

  #expand({ id, plans, options, base, texts, drawCount }: SweepRequest) {
    const prepared = this.#tables.prepare(id, plans, options);
    const axes = Object.entries(texts).map(([name, text]) => readSweepAxis(name as SweptName, text));
    const search =
      drawCount === undefined
        ? ({ kind: 'grid' } as const)
        : ({ kind: 'random', count: drawCount, seed: base.seed } as const);
    const { training } = prepared.dataset;
    const sweep = expandSweep({ base, axes, search }, training.outputCount);
    requireSweepFits(sweep, training.inputCount);
    for (const { job } of sweep.populations) validateJob(job, training);
    return { sweep, prepared };
  }

  #report(held: HeldSweep, every: number): SweepReport {
    const { sweep, run, records, constantLoss: toBeat, steps, prepared } = held;
    const live = run.liveFan;
    const groups = sweepGroups(sweep.networks, records, toBeat);
    const over = records.filter(({ isOver }) => isOver);
    return {
      networkCount: records.length,
      overCount: over.length,
      divergedCount: over.filter(({ divergedAt }) => divergedAt !== undefined).length,
      failedCount: over.filter((record) => hasFailed(record, toBeat)).length,
      stepsTaken: run.networkSteps,
      stepsDone: run.stepsDone,
      steps: records.length * sweep.networks[0].settings.steps,
      trainMs: run.trainMs,
      recoveryCount: run.recoveryCount,
      adapter: run.adapter,
      planned: [...run.planned],
      fan: live ?? standingFan(steps, records, every),
      best: bestCurve(held, live),
      constantLoss: toBeat,
      rankedBy: prepared.dataset.validation ? 'validationLoss' : 'finalLoss',
      groups: groups.slice(0, MOST_GROUPS),
      groupCount: groups.length,
      ensembleCount: ensemblePlaces({ sweep, records }).length,
      heat: this.#heat && sweepHeat(sweep, records, this.#heat, toBeat),
    };
  }
}

function sheetOf({ sweep, prepared }: { readonly sweep: Sweep; readonly prepared: KeptDataset }): SweepSheet {
  const { lossesBytes, parametersBytes } = sweepBytes(sweep, prepared.dataset.training.inputCount);
  const hasSeveral = ({ values }: Sweep['axes'][number]) =>
    values.kind === 'range' || values.values.length > 1;
  return {
    networkCount: sweep.networks.length,
    populationCount: sweep.populations.length,
    bytes: lossesBytes + parametersBytes,
    axes: sweep.axes.map(({ name }) => ({ name, label: sweepable[name].label })),
    heatNames: sweep.axes.filter((axis) => axis.name !== 'seed' && hasSeveral(axis)).map(({ name }) => name),
  };
}

function curveOf({ records, steps }: HeldSweep, place: number): SweepCurve {
  const losses = Array.from(records[place].losses);
  return { place, losses, steps: Array.from(steps.subarray(0, losses.length)) };
}

/** Of the best network that is over, or the least losses of those that train. */
function bestCurve(held: HeldSweep, live: LiveFan | undefined): SweepCurve | undefined {
  const [best] = ranking(held.records);
  if (best !== undefined) return curveOf(held, best);
  return live && { place: undefined, steps: live.steps, losses: live.least };
}

function finite(value: number | undefined): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

/** Networks without a number stand behind those with one, whichever way the others are sorted. */
function sortedPlaces(
  { sweep, records }: HeldSweep,
  ranked: readonly number[],
  { column, isDescending }: SweepOrder,
): number[] {
  const places = records.map((_, place) => place);
  if (column === 'rank') {
    const rest = places.filter((place) => !records[place].isOver);
    return [...(isDescending ? ranked.toReversed() : ranked), ...rest];
  }
  const key = (place: number) => keyOf(column, place, { sweep, records });
  const sign = isDescending ? -1 : 1;
  return places.toSorted((a, b) => {
    const [of, other] = [key(a), key(b)];
    if (of === other) return a - b;
    if (of === undefined || other === undefined) return of === undefined ? 1 : -1;
    return of < other ? -sign : sign;
  });
}

function keyOf(
  column: Exclude<SweepColumn, 'rank'>,
  place: number,
  { sweep, records }: Pick<HeldSweep, 'sweep' | 'records'>,
): number | string | undefined {
  if (column === 'place') return place;
  if (column === 'finalLoss') return finite(finalLoss(records[place]));
  if (column === 'validationLoss') return finite(records[place].validationLoss);
  const value = sweep.networks[place].values[column];
  return typeof value === 'number' || value === undefined ? value : sweptText(value);
}
