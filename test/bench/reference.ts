import { backends, type Trainer } from '../../src/index.ts';
import { createJob, type AnyJobName, type BenchJob } from './jobs.ts';

/** What the float64 reference may take for one job, in milliseconds: `wide` takes it 6 s a step. */
const BUDGET_MS = 30_000;
/** The most steps of any job and any system. */
const MOST_STEPS = 20_000;

/** The float64 CPU path, trained as far as somebody asks: what every system's numbers are held against. */
export class Reference {
  readonly #networks = new Map<number, NetworkReference>();

  constructor(readonly jobName: AnyJobName) {}

  /** What the networks start from, [networks, parameterCount]. */
  initialParameters(networks: readonly number[]): Float64Array {
    return joined(networks.map((network) => this.#of(network).initialParameters));
  }

  /** The loss of the last of `steps` steps of each network; a sentence instead where that takes too long. */
  async lossesAfter(steps: number, networks: readonly number[]): Promise<number[] | string> {
    const losses: number[] = [];
    for (const network of networks) {
      const loss = await this.#of(network).lossAfter(steps);
      if (typeof loss === 'string') return loss;
      losses.push(loss);
    }
    return losses;
  }

  /** Their parameters after `steps` steps, [networks, parameterCount]; a sentence where that takes too long. */
  async parametersAfter(steps: number, networks: readonly number[]): Promise<Float64Array | string> {
    const parts: Float64Array[] = [];
    for (const network of networks) {
      const parameters = await this.#of(network).parametersAfter(steps);
      if (typeof parameters === 'string') return parameters;
      parts.push(parameters);
    }
    return joined(parts);
  }

  #of(network: number): NetworkReference {
    const known = this.#networks.get(network) ?? new NetworkReference(this.jobName, network);
    this.#networks.set(network, known);
    return known;
  }
}

/** The reference of one network, trained alone. */
class NetworkReference {
  readonly initialParameters: Float64Array;
  readonly #parameters = new Map<number, Float64Array>();
  #losses: Float64Array = new Float64Array();
  #trainer: Trainer | undefined;
  #spentMs = 0;

  constructor(
    readonly jobName: AnyJobName,
    readonly network: number,
  ) {
    this.initialParameters = this.#createJob(1).initialParameters;
  }

  /** The loss of the last of `steps` steps; a sentence instead where that takes too long. */
  async lossAfter(steps: number): Promise<number | string> {
    const problem = await this.#trainTo(steps);
    return problem ?? this.#losses[steps - 1];
  }

  /** The parameters after `steps` steps; a sentence instead where that takes too long. */
  async parametersAfter(steps: number): Promise<Float64Array | string> {
    const known = this.#parameters.get(steps);
    if (known) return known;
    if (this.#losses.length > steps) {
      // Past it: once more from the start.
      this.#trainer = undefined;
      this.#spentMs = 0;
    }
    const problem = await this.#trainTo(steps);
    return problem ?? this.#parameters.get(steps) ?? 'The reference has passed this step.';
  }

  async #trainTo(steps: number): Promise<string | undefined> {
    if (this.#trainer && this.#losses.length >= steps) return undefined;
    const { job, data } = this.#createJob(MOST_STEPS);
    this.#trainer ??= await backends.cpu.createTrainer(job, data);
    const trainer = this.#trainer;
    const expectedMs = trainer.stepCount > 0 ? (this.#spentMs * steps) / trainer.stepCount : 0;
    if (expectedMs > BUDGET_MS) {
      const seconds = Math.round(expectedMs / 1000);
      return `the float64 reference would take ${seconds} s for ${steps} steps`;
    }
    this.#spentMs += (await trainer.train(steps - trainer.stepCount)).trainMs;
    this.#losses = await trainer.losses(0);
    this.#parameters.set(steps, await trainer.parameters());
    return undefined;
  }

  #createJob(steps: number): BenchJob {
    return createJob(this.jobName, steps, { first: this.network, count: 1 });
  }
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
