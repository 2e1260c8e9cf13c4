import { AlonePool, type PoolWorker } from './alone-pool.ts';

/** Workers on all cores of a browser; whoever asks may be a worker, too. */
export function createBrowserPool(): AlonePool {
  return new AlonePool(startWorker, navigator.hardwareConcurrency);
}

function startWorker(): PoolWorker {
  const worker = new Worker(new URL('./alone-worker.ts', import.meta.url), { type: 'module' });
  return {
    endpoint: worker,
    onDeath(listener) {
      worker.addEventListener('error', ({ message }) => listener(message || 'it did not start'));
      worker.addEventListener('messageerror', () => listener('a message could not be read'));
    },
    terminate: () => worker.terminate(),
  };
}
