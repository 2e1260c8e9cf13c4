import { answer } from './measuring.ts';

/** The browser's side of the benchmark: test/bench/hosts.ts calls this function, one request at a time. */
Object.assign(globalThis, { answer });
