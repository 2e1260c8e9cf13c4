import type { FieldRequest, Frame, FrameRequest, Subject, TrainingClient } from '../worker/client.ts';
import type { PageState } from './page-state.ts';
import { sentenceOf } from './sentences.ts';

/** A replay goes through the run in so many pictures. */
const REPLAY_PICTURES = 150;
/** While it trains, how numbers are spread is looked at so often, in milliseconds. */
const SPREAD_EVERY_MS = 100;
/** A look that takes longer is given up when another step is wanted, in milliseconds. */
const PATIENCE_MS = 150;
/** The device draws the next picture while the last one is on its way. */
const LOOKS_AT_ONCE = 2;
/** Rows whose predictions are shown. */
const SHOWN_ROWS = 12;

/** Looks into the network on the page: where it stands, or at any step it has been through. */
export class InsideControl {
  /** The step that is looked at; undefined for where the run stands, as it trains. */
  step: number | undefined;
  /** The run is gone through from step to step. */
  isReplaying = false;
  frame: Frame | undefined;
  /** Why there is no picture of what is asked for. */
  problem: string | undefined;
  /** The run's own parameters at the step of the frame, [parameterCount]; undefined where they are too many to draw. */
  trained: Float64Array | undefined;
  /** What a person made of them; undefined while they are as trained. */
  edited: Float64Array | undefined;
  /** What is to be seen all over the plane of two columns; nothing if it says so. */
  fieldRequest: (() => FieldRequest | undefined) | undefined;
  /** How weights, gradients and activations are spread is to be in the pictures. */
  wantsSpread = false;
  /** The row whose activations are shown. */
  row: number | undefined;
  readonly #state: PageState;
  readonly #client: TrainingClient;
  /** With how often each wants to be told at most, in milliseconds. */
  readonly #listeners = new Map<() => void, number>();
  /** Tells the network that is looked at from every other. */
  subjectKey = '';
  /** Counts what was asked for; what has been answered so far. */
  #asked = 0;
  #answered = 0;
  #isLooping = false;
  #spreadAtMs = -Infinity;
  /** When the look that is on its way began. */
  #lookedAtMs: number | undefined;

  constructor(state: PageState, client: TrainingClient) {
    this.#state = state;
    this.#client = client;
    state.subscribe(() => this.#onStateChange());
  }

  /**
   * Somebody is looking: pictures are taken as long as anybody is.
   *
   * @param onFrame called when there is something new to see
   * @param everyMs while it trains, not before so many milliseconds have gone by since the last picture
   * @returns a function that ends it
   */
  watch(onFrame: () => void, everyMs = 0): () => void {
    this.#listeners.set(onFrame, everyMs);
    this.ask();
    return () => {
      this.#listeners.delete(onFrame);
      // Another page that looks comes in the place of this one at once.
      setTimeout(() => this.#listeners.size === 0 && this.#leave());
    };
  }

  /** The network on the page: that of its run, or the one its settings begin with; undefined without a table. */
  get subject(): Subject | undefined {
    const { currentRun, table, job } = this.#state;
    if (currentRun?.id !== undefined) return { run: currentRun.id };
    if (!table?.open.prepared) return undefined;
    const { id, plans, options } = table.open;
    return { job, table: { id, plans, options } };
  }

  /** It shows the run as it trains. */
  get isLive(): boolean {
    return this.step === undefined && this.#state.activity === 'running';
  }

  /** Goes to a step of the run. */
  goTo(step: number): void {
    this.isReplaying = false;
    this.edited = undefined;
    this.#moveTo(step);
  }

  /** Back to where the run stands. */
  follow(): void {
    this.isReplaying = false;
    this.edited = undefined;
    this.step = undefined;
    this.ask();
  }

  /** Goes through the run from its first step, or on from where it is looked at; or stops that. */
  replay(): void {
    this.isReplaying = !this.isReplaying;
    this.edited = undefined;
    const { frame } = this;
    if (this.isReplaying && frame && (this.step === undefined || this.step >= frame.lastStep))
      this.step = frame.firstStep;
    this.ask();
  }

  chooseRow(row: number | undefined): void {
    if (row === this.row) return;
    this.row = row;
    this.ask();
  }

  /**
   * Looks at other parameters in the place of the run's, which stays as it is. A run that trains is no longer followed.
   *
   * @param parameters [parameterCount]; undefined for the run's own again
   */
  edit(parameters: Float64Array | undefined): void {
    if (this.step === undefined && this.isLive) this.step = this.frame?.step;
    this.isReplaying = false;
    this.edited = parameters;
    this.ask();
  }

  /** Something else is to be seen. */
  ask(): void {
    this.#asked++;
    for (const listener of this.#listeners.keys()) listener();
    if (!this.#isLooping && this.#listeners.size > 0) void this.#loop();
  }

  /** Tells networks apart, without the columns of a table, which may be thousands. */
  #keyOf(subject: Subject): string {
    return 'run' in subject
      ? String(subject.run)
      : `${this.#state.table?.key} ${JSON.stringify(subject.job)}`;
  }

  #moveTo(step: number): void {
    this.step = step;
    if (performance.now() - (this.#lookedAtMs ?? Infinity) > PATIENCE_MS) void this.#client.inside.giveUp();
    this.ask();
  }

  #onStateChange(): void {
    const { subject } = this;
    const key = subject ? this.#keyOf(subject) : '';
    const isOther = key !== this.subjectKey;
    if (isOther) {
      this.subjectKey = key;
      this.step = undefined;
      this.isReplaying = false;
      this.frame = undefined;
      this.trained = undefined;
      this.edited = undefined;
      this.problem = undefined;
    }
    if (isOther || this.#state.activity !== 'idle') this.ask();
  }

  /** One picture after the other; of a run that trains the next one is asked for before the last has come. */
  async #loop(): Promise<void> {
    this.#isLooping = true;
    const onTheWay: Promise<void>[] = [];
    try {
      while (
        this.#listeners.size > 0 &&
        (this.#asked !== this.#answered || this.isLive || this.isReplaying)
      ) {
        onTheWay.push(this.#look());
        if (onTheWay.length >= (this.isLive ? LOOKS_AT_ONCE : 1)) await onTheWay.shift();
        await nextPicture(Math.min(...this.#listeners.values()));
        if (this.isReplaying) this.#stepOn();
      }
      await Promise.all(onTheWay);
    } finally {
      this.#isLooping = false;
    }
  }

  async #look(): Promise<void> {
    const { subject } = this;
    const asked = this.#asked;
    if (subject) {
      this.#lookedAtMs = performance.now();
      try {
        const request = this.#request(subject);
        const frame = await this.#client.inside.look(request);
        if (this.#keyOf(subject) === this.subjectKey) {
          this.#show(frame, request.parameters !== undefined);
        }
      } catch (error) {
        // What was asked for of another network is of no interest any more.
        if (this.#keyOf(subject) === this.subjectKey) this.#fail(error);
      } finally {
        this.#lookedAtMs = undefined;
      }
    }
    this.#answered = asked;
    for (const listener of this.#listeners.keys()) listener();
  }

  #request(subject: Subject): FrameRequest {
    const { step, row, edited: parameters, wantsSpread } = this;
    const now = performance.now();
    const field = this.fieldRequest?.();
    const hasSpread = wantsSpread && (!this.isLive || now - this.#spreadAtMs > SPREAD_EVERY_MS);
    if (hasSpread) this.#spreadAtMs = now;
    return {
      subject,
      step,
      rowCount: SHOWN_ROWS,
      hasSpread,
      ...(row !== undefined && { row }),
      ...(parameters && { parameters }),
      ...(field && { field }),
    };
  }

  #show(frame: Frame, isEdited: boolean): void {
    this.frame = frame;
    this.problem = undefined;
    // The same parameters stay the same object: what a person undid can be done again.
    if (!isEdited && !isEqual(frame.parameters, this.trained)) this.trained = frame.parameters;
  }

  #fail(error: unknown): void {
    if (error instanceof Error && error.name === 'AbortError') return;
    this.problem = sentenceOf(error);
    this.isReplaying = false;
  }

  #stepOn(): void {
    const { frame, step } = this;
    if (!frame || step === undefined) return;
    const stride = Math.max(1, Math.round((frame.lastStep - frame.firstStep) / REPLAY_PICTURES));
    if (step + stride < frame.lastStep) return this.#moveTo(step + stride);
    this.isReplaying = false;
    this.#moveTo(frame.lastStep);
  }

  #leave(): void {
    this.isReplaying = false;
    void this.#client.inside.close();
  }
}

/** Until the browser draws again, after so many milliseconds; not in a tab that nobody sees. */
async function nextPicture(waitMs: number): Promise<void> {
  if (waitMs > 0 && waitMs < Infinity) await new Promise((resolve) => setTimeout(resolve, waitMs));
  await new Promise((resolve) => requestAnimationFrame(resolve));
}

function isEqual(a: Float64Array | undefined, b: Float64Array | undefined): boolean {
  return a?.length === b?.length && a?.every((value, i) => Object.is(value, b?.[i])) !== false;
}
