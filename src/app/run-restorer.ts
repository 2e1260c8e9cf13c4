import type { TrainingClient } from '../worker/client.ts';
import { count } from './format.ts';
import type { KeptRun } from './device-store.ts';
import type { PageState } from './page-state.ts';
import { freshRun, type HeldRun, type Run, type RunKey, type ShownTable } from './run.ts';
import { sentenceOf } from './sentences.ts';
import type { TableControl } from './table-control.ts';
import type { TrainingControl } from './training-control.ts';

/** Whether there is something to go on with. */
function isUnfinished({ isOver }: Pick<KeptRun, 'isOver'>): boolean {
  return !isOver;
}

/** Puts kept runs on the page again: those that are over as they were, the one that was not paused where it stood. */
export class RunRestorer {
  readonly #state: PageState;
  readonly #client: TrainingClient;
  readonly #tables: TableControl;
  readonly #training: TrainingControl;

  constructor(
    state: PageState,
    client: TrainingClient,
    { tables, training }: { readonly tables: TableControl; readonly training: TrainingControl },
  ) {
    this.#state = state;
    this.#client = client;
    this.#tables = tables;
    this.#training = training;
  }

  /** Sentences say what is as it was and what is not. */
  async restore(
    kept: readonly KeptRun[],
  ): Promise<{ readonly sentences: readonly string[]; readonly failed: readonly RunKey[] }> {
    const sentences: string[] = [];
    const failed: RunKey[] = [];
    for (const run of kept.filter((each) => !isUnfinished(each))) {
      try {
        const { run: held } = await this.#hold(run);
        this.#state.update({ runs: { ...this.#state.runs, [held.key]: held } });
      } catch (error) {
        failed.push(run.key);
        sentences.push(`A run could not be brought back: ${sentenceOf(error)}`);
      }
    }
    const unfinished = kept.find(isUnfinished);
    if (!unfinished) return { sentences, failed };
    try {
      const { run, why } = await this.#hold(unfinished);
      this.#training.takeUp(() => Promise.resolve(run), 0);
      const step = count(run.stepCount);
      sentences.push(`The run stands at step ${step}, paused; Continue goes on from there.`);
      if (why)
        sentences.push(`It was on ${this.#state.label('gpu')}, which cannot go on (${why}) The CPU does.`);
    } catch (error) {
      failed.push(unfinished.key);
      sentences.push(`The run that was not over could not be brought back: ${sentenceOf(error)}`);
    }
    return { sentences, failed };
  }

  /** A run of its own in the worker; one of a GPU that is not here any more on the CPU. */
  async #hold(kept: KeptRun): Promise<{ readonly run: HeldRun; readonly why: string | undefined }> {
    const { state: keptState, plans, options, job, patience, path } = kept;
    const table = await this.#tables.understoodAs(plans, options);
    const tableId = table.open.id;
    const request = { job, tableId, plans, options, ...(patience !== undefined && { patience }) };
    const restore = (backend: Run['path']) => this.#client.models.restore(keptState, { backend, ...request });
    try {
      const id = await restore(path);
      return { run: await this.#asItWas(kept, table, id), why: undefined };
    } catch (error) {
      if (path === 'cpu') throw error;
      const id = await restore('cpu');
      const run = await this.#asItWas(kept, table, id);
      const why = sentenceOf(error);
      if (!isUnfinished(kept)) return { run, why };
      // From here on it is a run of the CPU.
      return {
        run: { ...run, key: 'cpu', path: 'cpu', strategy: undefined, continuedFrom: run.stepCount },
        why,
      };
    }
  }

  async #asItWas(kept: KeptRun, table: ShownTable, id: number): Promise<HeldRun> {
    const { key, isOver } = kept;
    const report = kept.report ?? (await this.#client.report(id));
    return {
      ...freshRun(key),
      strategy: kept.strategy,
      job: kept.job,
      table,
      patience: kept.patience,
      id,
      continuedFrom: kept.continuedFrom,
      recoveries: kept.recoveries,
      isOver,
      measurement: kept.measurement,
      gradientCheck: kept.gradientCheck,
      assessment: kept.assessment,
      report,
      // Of a run that is over, everything was timed.
      resumedFrom: isOver ? kept.resumedFrom : report.steps,
      stepCount: report.steps,
      curve: report.curve,
      validation: report.validation,
    };
  }
}
