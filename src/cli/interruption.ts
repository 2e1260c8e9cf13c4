import { notice } from './output.ts';

/** How long the work may take to notice a Ctrl-C before the process ends anyway, in milliseconds. */
const PATIENCE_MS = 1000;
/** What a shell reports of a process that Ctrl-C ended: 128 + SIGINT. */
export const INTERRUPTED_STATUS = 130;

/** Thrown where work stops because of a Ctrl-C. */
export class Interrupted extends Error {
  override name = 'Interrupted';
}

/** How much is under way that is worth waiting for. */
let keptCount = 0;

/** Work that a Ctrl-C ends by keeping what came of it: nothing but a second one ends the process before. */
export async function keepOnInterruption<T>(work: () => Promise<T>): Promise<T> {
  keptCount++;
  try {
    return await work();
  } finally {
    keptCount--;
  }
}

/**
 * Lets a Ctrl-C stop the work cleanly; a second one, or work that does not stop, ends the process.
 *
 * @returns aborted by the first Ctrl-C
 */
export function watchForInterruption(): AbortSignal {
  const controller = new AbortController();
  process.on('SIGINT', () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED_STATUS);
    controller.abort(new Interrupted('Stopped.'));
    const giveUp = (): void => {
      if (keptCount > 0) {
        notice('Saving what was trained; another Ctrl-C ends without.');
        return;
      }
      notice('Stopped.');
      process.exit(INTERRUPTED_STATUS);
    };
    setTimeout(giveUp, PATIENCE_MS).unref();
  });
  return controller.signal;
}
