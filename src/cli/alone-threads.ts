import { onThisThread, type AloneTrainer } from '../index.ts';

/** Where networks train that do not train together. */
export interface AloneThreads {
  readonly pool: AloneTrainer;
  dispose(): void;
}

/** To be disposed of, or the process does not end. */
export function openThreads(): AloneThreads {
  return { pool: onThisThread, dispose: () => {} };
}
