import type { AloneTrainer } from '../index.ts';
import { createNodePool } from '../worker/node-pool.ts';

/** Work with threads on all cores, for networks that do not train together; they end with it. */
export async function withThreads<T>(work: (pool: AloneTrainer) => Promise<T>): Promise<T> {
  const pool = createNodePool();
  try {
    return await work(pool);
  } finally {
    pool.dispose();
  }
}
