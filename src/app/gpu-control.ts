import type { TrainingClient } from '../worker/client.ts';
import type { PageState } from './page-state.ts';
import { sentenceOf } from './sentences.ts';

/** Finds out what WebGPU offers here, and what its results are worth. */
export class GpuControl {
  readonly #state: PageState;
  readonly #client: TrainingClient;

  constructor(state: PageState, client: TrainingClient) {
    this.#state = state;
    this.#client = client;
  }

  /** Asks what WebGPU offers here; a GPU in hardware is the default path, unless a run has begun. */
  async find(): Promise<void> {
    const state = this.#state;
    try {
      const gpu = await this.#client.describeGpu();
      const isSoftware = gpu.kind === 'software';
      state.update(
        gpu.kind === 'hardware' && !state.hasRuns ? { gpu, isSoftware, path: 'gpu' } : { gpu, isSoftware },
      );
    } catch (error) {
      const sentence = `WebGPU does not answer here (${sentenceOf(error)}). Use the CPU path.`;
      state.update({ gpu: { kind: 'none', adapter: null, sentence } });
    }
  }

  /** After a device was lost there may be no other. */
  async findAgain(): Promise<void> {
    const gpu = await this.#client.describeGpu();
    this.#state.update(gpu.kind === 'none' ? { gpu, path: 'cpu' } : { gpu });
  }

  /** Finds out what the adapter's results are worth. */
  async test(): Promise<void> {
    const state = this.#state;
    state.update({ activity: 'testing' });
    try {
      const selfTest = await this.#client.selfTest();
      state.update({
        selfTest,
        announcement: `The self-test ${selfTest.holds ? 'holds' : 'does not hold'}.`,
      });
    } catch (error) {
      const problem = sentenceOf(error) || 'no reason was given';
      state.update({ selfTest: { problem }, announcement: `The self-test did not finish: ${problem}` });
    }
  }
}
