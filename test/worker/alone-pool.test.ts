import { expose } from 'comlink';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { DeviceLostError, HandgradError, InputError, RefusalError } from '../../src/core/errors.ts';
import type { TrainingData } from '../../src/core/job.ts';
import { notebookJob } from '../../src/core/notebook.ts';
import { networkAlone } from '../../src/core/population.ts';
import { onThisThread, trainAlone, type AloneOutcome, type AloneTask } from '../../src/train-alone.ts';
import { AlonePool, type PoolWorker } from '../../src/worker/alone-pool.ts';
import { AloneService, type SentTask } from '../../src/worker/alone-service.ts';
import { orData } from '../support/jobs.ts';
import { Random } from '../support/random.ts';

const never = new AbortController().signal;

/** The other end of a worker, which remembers what it was sent. */
class RecordingService extends AloneService {
  readonly sent: SentTask[] = [];
  #gate: Promise<void> | undefined;
  onBegin = (): void => {};
  failure: Error | undefined;
  mostAtOnce = 0;
  #atOnce = 0;

  override async train(task: SentTask): Promise<AloneOutcome> {
    this.sent.push(task);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#atOnce);
    try {
      if (this.#gate) await this.#gate;
      if (this.failure) throw this.failure;
      const training = super.train(task);
      this.onBegin();
      return await training;
    } finally {
      this.#atOnce--;
    }
  }

  /** Its tasks do not begin. */
  hold(): void {
    this.#gate = new Promise(() => {});
  }

  get seeds(): number[] {
    return this.sent.map(({ job }) => job.networks[0].seed);
  }
}

/** A worker on this thread: its messages are copied as those between threads are. */
class NearWorker implements PoolWorker {
  readonly service = new RecordingService();
  readonly #channel = new MessageChannel();
  readonly endpoint = this.#channel.port1;
  isTerminated = false;
  die = (_reason: string): void => {};

  constructor() {
    expose(this.service, this.#channel.port2);
  }

  onDeath(listener: (reason: string) => void): void {
    this.die = listener;
  }

  terminate(): void {
    this.isTerminated = true;
    this.#channel.port1.close();
  }
}

/** A pool of near workers. @param prepare what is done to each before its first task */
function poolOf(parallel: number, prepare = (_worker: NearWorker): void => {}) {
  const workers: NearWorker[] = [];
  const pool = new AlonePool(() => {
    const worker = new NearWorker();
    prepare(worker);
    workers.push(worker);
    return worker;
  }, parallel);
  onTestFinished(() => pool.dispose());
  return { pool, workers };
}

function notebookTask(seed: number, steps = 20): AloneTask {
  return {
    backend: 'cpu',
    job: { ...notebookJob, steps, networks: [{ seed, learningRate: 0.05 }] },
    data: orData,
  };
}

function randomRows(seed: number, rowCount: number): TrainingData {
  const random = new Random(seed);
  const [inputs, targets] = [random.floats(3 * rowCount), random.floats(rowCount)];
  return { rowCount, inputs, inputCount: 3, targets, outputCount: 1 };
}

/** What does not depend on how long it took. */
function valuesOf(outcome: AloneOutcome): AloneOutcome {
  return { ...outcome, trainMs: 0 };
}

describe('a pool hands out tasks', () => {
  it('to no more workers than there are tasks, and starts none before', async () => {
    const { pool, workers } = poolOf(3);
    expect(workers.length).toBe(0);
    await pool.train(notebookTask(1), never);
    await pool.train(notebookTask(2), never);
    expect(workers.length).toBe(1);
    await Promise.all([pool.train(notebookTask(3), never), pool.train(notebookTask(4), never)]);
    expect(workers.length).toBe(2);
  });

  it('in their order, one at a time to each worker, and to all of them', async () => {
    const { pool, workers } = poolOf(3);
    const seeds = Array.from({ length: 20 }, (_, i) => i);
    const outcomes = await Promise.all(seeds.map((seed) => pool.train(notebookTask(seed), never)));
    expect(workers.length).toBe(3);
    for (const { service } of workers) {
      expect(service.mostAtOnce).toBe(1);
      expect(service.seeds).toEqual(service.seeds.toSorted((a, b) => a - b));
    }
    expect(workers.flatMap(({ service }) => service.seeds).toSorted((a, b) => a - b)).toEqual(seeds);
    for (const seed of seeds) {
      expect(valuesOf(outcomes[seed])).toEqual(valuesOf(await trainAlone(notebookTask(seed), never)));
    }
  });

  it('for the GPU to the thread that asks, one after the other', async () => {
    const { pool, workers } = poolOf(3);
    let [atOnce, mostAtOnce] = [0, 0];
    const train = vi.spyOn(onThisThread, 'train').mockImplementation(async (task, signal) => {
      mostAtOnce = Math.max(mostAtOnce, ++atOnce);
      const outcome = await trainAlone({ ...task, backend: 'cpu' }, signal);
      atOnce--;
      return outcome;
    });
    onTestFinished(() => train.mockRestore());
    const tasks = [1, 2, 3].map((seed): AloneTask => ({ ...notebookTask(seed), backend: 'gpu' }));
    await Promise.all(tasks.map((task) => pool.train(task, never)));
    expect(train.mock.calls.map(([task]) => task)).toEqual(tasks);
    expect(mostAtOnce).toBe(1);
    expect(workers.length).toBe(0);
  });
});

describe('rows', () => {
  it('are sent to a worker once, the part that is meant alone, and stay where they are', async () => {
    const { pool, workers } = poolOf(1);
    const table = randomRows(1, 30);
    const fold = { first: 10, count: 10 };
    const job = {
      ...notebookJob,
      steps: 5,
      networks: [1, 2].map((seed) => ({ seed, learningRate: 0.05, rows: fold })),
    };
    const validation = { data: randomRows(2, 6), every: 2 };
    const tasks = [0, 1, 0].map((network): AloneTask => {
      return { backend: 'cpu', ...networkAlone(job, table, network), validation };
    });
    const outcomes = [];
    for (const task of tasks) outcomes.push(await pool.train(task, never));
    const [{ service }] = workers;
    expect(service.sent.map(({ rows }) => rows.data !== undefined)).toEqual([true, false, false]);
    expect(service.sent.map((sent) => sent.validation?.rows.data !== undefined)).toEqual([
      true,
      false,
      false,
    ]);
    expect(service.sent[0].rows.data?.inputs.buffer.byteLength).toBe(8 * 10 * 3);
    expect(service.sent[0].rows.data?.inputs).toEqual(table.inputs.subarray(30, 60));
    expect(table.inputs.length).toBe(90);
    for (const [i, task] of tasks.entries()) {
      expect(valuesOf(outcomes[i])).toEqual(valuesOf(await trainAlone(task, never)));
    }
  });

  it('are forgotten by a worker where there are too many', async () => {
    const { pool, workers } = poolOf(1);
    // 34 MiB each: two are more than it holds.
    const rowCount = 1.5 * 2 ** 20;
    const targets = new Float64Array(rowCount);
    const [a, b] = [0, 1].map(() => ({
      ...orData,
      rowCount,
      inputs: new Float64Array(2 * rowCount),
      targets,
    }));
    const task = notebookTask(1, 1);
    for (const data of [a, a, b, b, a]) {
      await pool.train({ ...task, job: { ...task.job, batchSize: 4 }, data }, never);
    }
    const [{ service }] = workers;
    expect(service.sent.map(({ rows }) => rows.data !== undefined)).toEqual([true, false, true, false, true]);
    expect(service.sent.every(({ held }) => held.length === 1)).toBe(true);
  });

  it('and given parameters remain the caller’s', async () => {
    const { pool, workers } = poolOf(1);
    const all = new Random(3).floats(9 * 100);
    const initialParameters = all.subarray(9, 18);
    const task = notebookTask(1);
    const networks = [{ ...task.job.networks[0], initialParameters }];
    const outcome = await pool.train({ ...task, job: { ...task.job, networks } }, never);
    const [{ service }] = workers;
    expect(service.sent[0].job.networks[0].initialParameters?.buffer.byteLength).toBe(8 * 9);
    expect(all.length).toBe(900);
    expect(outcome.step).toBe(20);
  });
});

describe('an aborted task', () => {
  const task: AloneTask = {
    backend: 'cpu',
    job: {
      ...notebookJob,
      layers: [
        { units: 8, activation: 'tanh', bias: true },
        { units: 1, activation: 'linear', bias: true },
      ],
      optimizer: 'adam',
      batchSize: 7,
      dropout: 0.2,
      steps: 60_000,
      networks: [{ seed: 5, learningRate: 0.001 }],
    },
    data: randomRows(4, 30),
    // Looks come faster than the chunks of the CPU path, which are to let messages in all the same.
    validation: { data: randomRows(5, 10), every: 50, patience: 2000 },
  };

  it('ends with a checkpoint, and goes on from it to the same bits', async () => {
    let controller = new AbortController();
    const { pool } = poolOf(1, ({ service }) => (service.onBegin = () => controller.abort()));
    const pieces: AloneOutcome[] = [];
    for (let from: AloneTask['from']; pieces.length === 0 || from; from = pieces.at(-1)?.checkpoint) {
      controller = new AbortController();
      pieces.push(await pool.train({ ...task, from }, controller.signal));
      expect(pieces.at(-1)?.step).toBeGreaterThan(pieces.at(-2)?.step ?? 0);
    }
    expect(pieces.length).toBeGreaterThan(1);
    const [last, whole] = [pieces.at(-1), await trainAlone(task, never)];
    expect(last && valuesOf(last)).toEqual(valuesOf(whole));
  });

  it('that no worker had begun ends where it stood', async () => {
    const { pool, workers } = poolOf(1, ({ service }) => service.hold());
    const controller = new AbortController();
    pool.train(notebookTask(1), never).catch(() => {});
    const waiting = [2, 3].map((seed) => pool.train(notebookTask(seed), controller.signal));
    controller.abort();
    const late = pool.train(notebookTask(4), controller.signal);
    for (const outcome of await Promise.all([...waiting, late])) {
      expect(outcome.step).toBe(0);
      expect(outcome.checkpoint?.snapshot.step).toBe(0);
    }
    expect(workers.length).toBe(1);
  });
});

describe('errors', () => {
  const kinds = Object.entries({ HandgradError, InputError, RefusalError, DeviceLostError });
  it.each(kinds)('keep their class: %s', async (name, kind) => {
    const { pool } = poolOf(1, ({ service }) => (service.failure = new kind('Four is not accepted.')));
    const error: unknown = await pool.train(notebookTask(1), never).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ name, message: 'Four is not accepted.' });
  });

  it('are those of the same network on this thread, and the worker goes on', async () => {
    const { pool, workers } = poolOf(1);
    const task = notebookTask(1);
    const bad = { ...task, job: { ...task.job, steps: -1 } };
    const said: unknown = await trainAlone(bad, never).catch((reason: unknown) => reason);
    await expect(pool.train(bad, never)).rejects.toThrow(InputError);
    await expect(pool.train(bad, never)).rejects.toThrow((said as Error).message);
    expect((await pool.train(task, never)).step).toBe(20);
    expect(workers.length).toBe(1);
  });
});

describe('a worker that dies', () => {
  it('fails its task alone, and another takes its place', async () => {
    const { pool, workers } = poolOf(2);
    const settled = Promise.allSettled([1, 2, 3, 4, 5].map((seed) => pool.train(notebookTask(seed), never)));
    workers[0].die('out of memory.');
    const [first, ...others] = await settled;
    expect(first).toMatchObject({ reason: expect.any(HandgradError) });
    expect(first).toMatchObject({
      reason: { message: expect.stringMatching(/\(out of memory\)\. Try again/) },
    });
    expect(others.every(({ status }) => status === 'fulfilled')).toBe(true);
    expect(workers.map(({ isTerminated }) => isTerminated)).toEqual([true, false, false]);
  });

  it('while it has nothing to do is replaced with the next task', async () => {
    const { pool, workers } = poolOf(1);
    await pool.train(notebookTask(1), never);
    workers[0].die('gone');
    expect((await pool.train(notebookTask(2), never)).step).toBe(20);
    expect(workers.length).toBe(2);
  });

  it('before it starts fails every task', async () => {
    const pool = new AlonePool(() => {
      throw new Error('not allowed here');
    }, 2);
    const trained = await Promise.allSettled([1, 2, 3].map((seed) => pool.train(notebookTask(seed), never)));
    for (const each of trained) {
      expect(each).toMatchObject({ reason: { message: expect.stringContaining('(not allowed here)') } });
    }
  });
});

describe('a pool that is disposed of', () => {
  it('ends its workers and fails what it was at', async () => {
    const { pool, workers } = poolOf(2, ({ service }) => service.hold());
    const settled = Promise.allSettled([1, 2, 3].map((seed) => pool.train(notebookTask(seed), never)));
    pool.dispose();
    for (const each of await settled) {
      expect(each).toMatchObject({ reason: { message: expect.stringContaining('disposed of') } });
    }
    expect(workers.map(({ isTerminated }) => isTerminated)).toEqual([true, true]);
    await expect(pool.train(notebookTask(4), never)).rejects.toThrow('disposed of');
    expect(workers.length).toBe(2);
  });
});
