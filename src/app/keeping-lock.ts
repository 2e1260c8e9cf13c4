const NAME = 'handgrad keeping';
/** A page that is reloaded may still hold it for a moment. */
const WAIT_MS = 1000;

/** Says which tab keeps things on the device: one at a time, until it is closed. */
export class KeepingLock {
  #end: (() => void) | undefined;

  /** @returns whether this tab has it */
  async take(): Promise<boolean> {
    if (this.#end) return true;
    // On plain http there are no locks; nor are there digests, without which no run is kept.
    if (!('locks' in navigator)) return true;
    const held = new Promise<void>((resolve) => (this.#end = resolve));
    return new Promise((resolve) => {
      navigator.locks
        .request(NAME, { signal: AbortSignal.timeout(WAIT_MS) }, () => {
          resolve(true);
          return held;
        })
        .catch(() => {
          this.#end = undefined;
          resolve(false);
        });
    });
  }

  release(): void {
    this.#end?.();
    this.#end = undefined;
  }
}
