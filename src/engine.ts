/** The parts of Node's `process` that say what computes. */
interface NodeProcess {
  readonly versions?: { readonly v8?: string };
}

/**
 * What computes float64 here: functions such as eˣ may differ in their last digit from one engine to the next, so that
 * results are the same to the last bit only within one.
 */
export function engineName(): string {
  const { process, navigator } = globalThis as { process?: NodeProcess; navigator?: { userAgent?: string } };
  const v8 = process?.versions?.v8;
  return v8 ? `V8 ${v8}` : (navigator?.userAgent ?? 'unknown');
}
