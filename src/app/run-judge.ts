import type { Comparison, TrainingClient } from '../worker/client.ts';
import type { PageState } from './page-state.ts';
import { gpuKeys, isWhole, type GpuKey, type Run } from './run.ts';
import { comparisonSentence } from './sentences.ts';

/** Holds runs against float64, and gradients against differences. */
export class RunJudge {
  readonly #state: PageState;
  readonly #client: TrainingClient;
  /** The run that is compared, while it is. */
  busyWith: number | undefined;

  constructor(state: PageState, client: TrainingClient) {
    this.#state = state;
    this.#client = client;
  }

  /** Holds the GPU runs on the page against float64, where they were not already. */
  async judge(): Promise<void> {
    const state = this.#state;
    const { cpu } = state.runs;
    if (cpu?.id === undefined) return;
    state.update({ activity: 'comparing', isComparing: true });
    this.busyWith = cpu.id;
    const comparisons: Partial<Record<GpuKey, Comparison>> = {};
    for (const key of this.comparableKeys) {
      const id = state.runs[key]?.id;
      if (id !== undefined) comparisons[key] = await this.#client.compare(cpu.id, id);
    }
    this.busyWith = undefined;
    // Together: a sentence on one of two would be another a moment later.
    state.update({ comparisons });
    state.update({ announcement: comparisonSentence(state).text });
    await this.checkGradients(cpu);
  }

  /** The GPU runs with as many steps as the one on the CPU, up to the parameters both ended with. */
  get comparableKeys(): GpuKey[] {
    const { cpu, ...runs } = this.#state.runs;
    if (!cpu || cpu.continuedFrom !== undefined) return [];
    const stepOf = ({ stepCount, validation }: Run) =>
      (validation?.keepsBest ? validation.bestStep : undefined) ?? stepCount;
    return gpuKeys.filter((key) => isWhole(runs[key]) && stepOf(runs[key]) === stepOf(cpu));
  }

  async checkGradients({ id, key }: Run): Promise<void> {
    if (id === undefined) return;
    this.#state.update({ activity: 'checking' });
    const gradientCheck = await this.#client.checkGradients(id);
    this.#state.updateRun(key, { gradientCheck });
  }
}
