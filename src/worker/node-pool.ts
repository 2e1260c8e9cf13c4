import { availableParallelism } from 'node:os';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { expose } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter';
import { AlonePool, type PoolWorker } from './alone-pool.ts';
import { AloneService } from './alone-service.ts';

/** What a thread is given to know that a pool started it. */
const POOL_THREAD = 'handgrad: a thread of a pool';

/**
 * Threads on all cores under Node.
 *
 * @param program starts with `servePool`; the file this is in, which is the whole command line once that is built
 */
export function createNodePool(program: URL = new URL(import.meta.url)): AlonePool {
  return new AlonePool(() => startThread(program), availableParallelism());
}

/** Trains for the pool that started this thread. @returns false where none did: this is the program itself */
export function servePool(): boolean {
  if (workerData !== POOL_THREAD || !parentPort) return false;
  expose(new AloneService(), nodeEndpoint(parentPort));
  return true;
}

function startThread(program: URL): PoolWorker {
  const thread = new Worker(program, { workerData: POOL_THREAD });
  return {
    endpoint: nodeEndpoint(thread),
    onDeath(listener) {
      thread.on('error', ({ message }) => listener(message));
      thread.on('messageerror', ({ message }) => listener(message));
      thread.on('exit', (status) => listener(`exit status ${status}`));
    },
    terminate: () => void thread.terminate(),
  };
}
