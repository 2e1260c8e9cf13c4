import { expect, it } from 'vitest';
import { notebookJob } from '../../src/core/notebook.ts';
import { allocatedBytes } from '../../src/gpu/buffers.ts';
import { TrainingSession } from '../../src/training-session.ts';
import { orData } from '../support/jobs.ts';

const STEPS = 200_000;
const PIECES = 10;
/** What a run may leave on the heap besides its losses, which the session keeps (8 bytes each). */
const MOST_GROWTH_BYTES = 2 ** 20;

/** Bytes of the heap after a forced collection. */
function heapBytes(): number {
  const {
    gc,
    performance: clock,
    process,
  } = globalThis as unknown as {
    gc?: () => void;
    performance: { memory?: { usedJSHeapSize: number } };
    process?: { memoryUsage(): { heapUsed: number } };
  };
  if (!gc) throw new Error('Start the browser, or Node, with --expose-gc.');
  gc();
  return clock.memory?.usedJSHeapSize ?? process?.memoryUsage().heapUsed ?? NaN;
}

it.each([
  { strategy: 'unrolled', steps: STEPS },
  // Kernel by kernel 200,000 steps take a minute: with every other random case, in the full run.
  { strategy: 'layered', steps: import.meta.env.HANDGRAD_FULL === '1' ? STEPS : 10_000 },
] as const)(
  '$strategy: the heap and the GPU’s memory stay flat over $steps steps',
  async ({ strategy, steps }) => {
    const job = { ...notebookJob, steps };
    const session = await TrainingSession.open('gpu', job, orData, { strategy });
    const heap: number[] = [];
    const gpu: number[] = [];
    for (let piece = 0; piece < PIECES; piece++) {
      await session.train(steps / PIECES);
      heap.push(heapBytes());
      gpu.push(allocatedBytes());
    }
    const { timing, losses } = await session.result();
    session.dispose();
    const chunks = timing.chunkMs.map((count, i) => `< ${2 ** i} ms: ${count}`).join(', ');
    console.log(
      `${strategy}, ${steps} steps in ${timing.trainMs.toFixed(0)} ms, set-up ${timing.setupMs.toFixed(0)} ms`,
    );
    console.log(`heap ${heap.join(', ')}; GPU ${gpu.join(', ')}`);
    console.log(`chunks ${chunks}`);
    expect(losses.length).toBe(steps);
    expect(losses[steps - 1]).toBeLessThan(losses[0]);
    expect(new Set(gpu).size).toBe(1);
    // The first pieces compile and warm up; the losses kept by the session grow by 8 bytes a step.
    const growth = heap[PIECES - 1] - heap[2] - 8 * steps;
    expect(growth).toBeLessThan(MOST_GROWTH_BYTES);
    expect(allocatedBytes()).toBe(0);
  },
);
