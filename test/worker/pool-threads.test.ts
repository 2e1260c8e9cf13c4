import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { HandgradError } from '../../src/core/errors.ts';
import { notebookJob } from '../../src/core/notebook.ts';
import { trainAlone, type AloneTask } from '../../src/train-alone.ts';
import { createBrowserPool } from '../../src/worker/browser-pool.ts';
import { createNodePool } from '../../src/worker/node-pool.ts';
import { handgrad, root } from '../cli/support.ts';
import { orData } from '../support/jobs.ts';

const never = new AbortController().signal;

function task(seed: number, steps = 2000): AloneTask {
  const networks = [{ seed, learningRate: 0.05 }];
  return { backend: 'cpu', job: { ...notebookJob, steps, networks }, data: orData };
}

/** Threads that run a program of ours, as a module's text. */
function poolRunning(text: string) {
  const pool = createNodePool(new URL(`data:text/javascript,${encodeURIComponent(text)}`));
  onTestFinished(() => pool.dispose());
  return pool;
}

describe('threads of Node', () => {
  it('started from the built command line train what this thread trains, to the bit', async () => {
    // Builds it where it has to be.
    expect((await handgrad(['--version'])).status).toBe(0);
    const pool = createNodePool(pathToFileURL(join(root, 'dist', 'cli', 'handgrad.js')));
    onTestFinished(() => pool.dispose());
    const seeds = Array.from({ length: 16 }, (_, i) => i + 1);
    const trained = await Promise.all(seeds.map((seed) => pool.train(task(seed), never)));
    for (const [i, seed] of seeds.entries()) {
      const alone = await trainAlone(task(seed), never);
      expect(trained[i]).toEqual({ ...alone, trainMs: trained[i].trainMs });
    }
    const controller = new AbortController();
    const long = pool.train(task(1, 30_000_000), controller.signal);
    controller.abort();
    const { step, checkpoint } = await long;
    expect(step).toBeLessThan(30_000_000);
    expect(checkpoint?.snapshot.step).toBe(step);
  });

  it.each([
    ['throw new Error("no such thing");', '(no such thing)'],
    ['process.exit(3);', '(exit status 3)'],
    ['syntax error', "(Unexpected identifier 'error')"],
  ])('that end say why: %s', async (text, reason) => {
    const failure: unknown = await poolRunning(text)
      .train(task(1), never)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(HandgradError);
    expect(failure).toMatchObject({ message: expect.stringContaining(reason) });
  });
});

describe('workers of a browser', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('are modules, as many as there are cores, and say why they fail', async () => {
    const started: { url: string; type: string | undefined; worker: EventTarget }[] = [];
    class StandIn extends EventTarget {
      constructor(url: URL, { type }: WorkerOptions) {
        super();
        started.push({ url: url.pathname, type, worker: this });
      }
      postMessage(): void {}
      terminate(): void {}
    }
    vi.stubGlobal('Worker', StandIn);
    vi.stubGlobal('navigator', { hardwareConcurrency: 2 });
    const pool = createBrowserPool();
    onTestFinished(() => pool.dispose());
    expect(pool.parallel).toBe(2);
    const settled = Promise.allSettled([1, 2].map((seed) => pool.train(task(seed), never)));
    expect(started.map(({ url, type }) => [url.endsWith('/alone-worker.ts'), type])).toEqual([
      [true, 'module'],
      [true, 'module'],
    ]);
    started[0].worker.dispatchEvent(new Event('error'));
    started[1].worker.dispatchEvent(Object.assign(new Event('error'), { message: 'out of memory' }));
    const reasons = (await settled).map((each) => (each.status === 'rejected' ? String(each.reason) : ''));
    expect(reasons[0]).toContain('(it did not start)');
    expect(reasons[1]).toContain('(out of memory)');
  });
});
