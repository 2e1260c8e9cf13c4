import type { TrainingJob } from '../index.ts';
import type {
  FieldRequest,
  Frame,
  FrameRequest,
  OpenTable,
  Subject,
  TrainingClient,
} from '../worker/client.ts';
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

/** How somebody looks. */
interface Watching {
  /** While it trains, not before so many milliseconds have gone by since the last picture. */
  readonly everyMs: number;
  /** Rows of the table that are wanted with their answers. */
  readonly rowCount: number;
}

/** The network that is looked at. */
interface Looked {
  readonly subject: Subject;
  /** Tells it from every other. */
  readonly key: string;
  readonly job: TrainingJob;
  readonly open: OpenTable;
}

/** A picture with what it is of. */
interface ShownFrame extends Looked {
  readonly frame: Frame;
}

/** Looks into the network on the page: where it stands, or at any step it has been through. */
export class InsideControl {
  /** The step that is looked at; undefined for where the run stands, as it trains. */
  step: number | undefined;
  /** The run is gone through from step to step. */
  isReplaying = false;
  /** The last picture; of another run until there is one of this, where the networks are alike. */
  shown: ShownFrame | undefined;
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
  /** The row whose activations are shown, by its place among those that are. */
  row: number | undefined;
  readonly #state: PageState;
  readonly #client: TrainingClient;
  readonly #listeners = new Map<() => void, Watching>();
  #looked: Looked | undefined;
  #wasRunning = false;
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
   * @returns a function that ends it
   */
  watch(onFrame: () => void, { everyMs = 0, rowCount = 0 }: Partial<Watching> = {}): () => void {
    this.#listeners.set(onFrame, { everyMs, rowCount });
    this.ask();
    return () => {
      this.#listeners.delete(onFrame);
      // Another page that looks comes in the place of this one at once.
      setTimeout(() => this.#listeners.size === 0 && this.#leave());
    };
  }

  /** The network that is looked at: that of the run, or the one the settings begin with; undefined without a table. */
  get looked(): Looked | undefined {
    return this.#looked;
  }

  get frame(): Frame | undefined {
    return this.shown?.frame;
  }

  /** The last picture is of the network that is looked at, and not of the one before it. */
  get isUpToDate(): boolean {
    return this.shown !== undefined && this.shown.key === this.#looked?.key;
  }

  /** It shows the run as it trains. */
  get isLive(): boolean {
    return this.step === undefined && this.#state.activity === 'running';
  }

  /** Goes to a step of the run. */
  goTo(step: number): void {
    this.isReplaying = false;
    this.#dropEdits();
    this.#moveTo(step);
  }

  /** Back to where the run stands. */
  follow(): void {
    this.isReplaying = false;
    this.#dropEdits();
    this.step = undefined;
    this.ask();
  }

  /** Goes through the run from its first step, or on from where it is looked at; or stops that. */
  replay(): void {
    this.isReplaying = !this.isReplaying;
    this.#dropEdits();
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
    if (this.isLive) this.step = this.frame?.step;
    this.isReplaying = false;
    this.edited = parameters;
    this.ask();
  }

  /** Something else is to be seen. */
  ask(): void {
    this.#asked++;
    this.#tell();
    if (!this.#isLooping && this.#listeners.size > 0) void this.#loop();
  }

  #tell(): void {
    for (const listener of this.#listeners.keys()) listener();
  }

  /** The run's own parameters, as an object of their own: whoever holds changes of them knows that these are gone. */
  #dropEdits(): void {
    if (this.edited) this.trained = this.trained?.slice();
    this.edited = undefined;
  }

  #moveTo(step: number): void {
    this.step = step;
    if (performance.now() - (this.#lookedAtMs ?? Infinity) > PATIENCE_MS) void this.#client.inside.giveUp();
    this.ask();
  }

  #onStateChange(): void {
    const before = this.#looked;
    this.#looked = this.#lookedNow();
    const isRunning = this.#state.activity === 'running';
    if (isRunning && !this.#wasRunning) this.#onStart();
    this.#wasRunning = isRunning;
    const isOther = before?.key !== this.#looked?.key;
    if (isOther) {
      this.#dropEdits();
      this.step = undefined;
      this.isReplaying = false;
      this.problem = undefined;
      if (!this.#looked || !this.shown || !isAlike(this.shown, this.#looked)) {
        this.shown = undefined;
        this.trained = undefined;
      }
    }
    if (isOther || this.#state.activity !== 'idle') this.ask();
  }

  /** What a person changed by hand stays where it is; what nobody looks at follows the run. */
  #onStart(): void {
    if (this.edited) this.step ??= this.frame?.step;
    else if (this.#listeners.size === 0) this.step = undefined;
  }

  #lookedNow(): Looked | undefined {
    const { currentRun, table, job } = this.#state;
    if (currentRun?.id !== undefined) {
      const { id, job: ofRun, table: trainedOn } = currentRun;
      return { subject: { run: id }, key: String(id), job: ofRun, open: trainedOn.open };
    }
    if (!table?.open.prepared) return undefined;
    const { open } = table;
    const { id, plans, options } = open;
    // Without the columns of the table, which may be thousands.
    const key = `${table.key} ${JSON.stringify([job, options])}`;
    return { subject: { job, table: { id, plans, options } }, key, job, open };
  }

  /** One picture after the other; of a run that trains the next one is asked for before the last has come. */
  async #loop(): Promise<void> {
    this.#isLooping = true;
    const onTheWay: Promise<void>[] = [];
    try {
      while (this.#hasToLook || onTheWay.length > 0) {
        const most = this.#hasToLook ? (this.isLive ? LOOKS_AT_ONCE : 1) : 0;
        if (onTheWay.length < most) onTheWay.push(this.#look());
        if (onTheWay.length >= most) await onTheWay.shift();
        if (!this.#hasToLook) continue;
        await nextPicture(Math.min(...Array.from(this.#listeners.values(), ({ everyMs }) => everyMs)));
        if (this.isReplaying) this.#stepOn();
      }
    } finally {
      this.#isLooping = false;
    }
  }

  get #hasToLook(): boolean {
    return this.#listeners.size > 0 && (this.#asked !== this.#answered || this.isLive || this.isReplaying);
  }

  async #look(): Promise<void> {
    const looked = this.#looked;
    const asked = this.#asked;
    const { isLive } = this;
    if (looked) {
      this.#lookedAtMs = performance.now();
      try {
        const request = this.#request(looked);
        const frame = await this.#client.inside.look(request);
        if (looked.key === this.#looked?.key) this.#show({ ...looked, frame }, request);
      } catch (error) {
        // What was asked for of another network is of no interest any more; a run that trains deals with its device.
        if (looked.key === this.#looked?.key && !isLive) this.#fail(error);
      } finally {
        this.#lookedAtMs = undefined;
      }
    }
    this.#answered = Math.max(asked, this.#answered);
    this.#tell();
  }

  #request({ subject }: Looked): FrameRequest {
    const { step, row, edited: parameters, wantsSpread, isLive, isReplaying } = this;
    const now = performance.now();
    const field = this.fieldRequest?.();
    const hasSpread = wantsSpread && (!isLive || now - this.#spreadAtMs > SPREAD_EVERY_MS);
    if (hasSpread) this.#spreadAtMs = now;
    return {
      subject,
      step,
      isMoving: isLive || isReplaying,
      rowCount: Math.max(0, ...Array.from(this.#listeners.values(), ({ rowCount }) => rowCount)),
      hasSpread,
      ...(row !== undefined && { row }),
      ...(parameters && { parameters }),
      ...(field && { field }),
    };
  }

  #show(shown: ShownFrame, { parameters: edited }: FrameRequest): void {
    this.shown = shown;
    this.problem = undefined;
    const { parameters } = shown.frame;
    // The same parameters stay the same object: what a person undid can be done again.
    if (!edited && !isEqual(parameters, this.trained)) this.trained = parameters;
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

/** Whether pictures of one can stand where those of the other will: the same table, layers of the same sizes. */
function isAlike(a: Looked, b: Looked): boolean {
  const sizesOf = ({ layers }: TrainingJob) => JSON.stringify(layers.map(({ units, bias }) => [units, bias]));
  const isSameTable = a.open.id === b.open.id && a.open.plans === b.open.plans;
  return isSameTable && sizesOf(a.job) === sizesOf(b.job) && a.job.loss === b.job.loss;
}

/** Until the browser draws again, after so many milliseconds; not in a tab that nobody sees. */
async function nextPicture(waitMs: number): Promise<void> {
  if (waitMs > 0 && waitMs < Infinity) await new Promise((resolve) => setTimeout(resolve, waitMs));
  await new Promise((resolve) => requestAnimationFrame(resolve));
}

function isEqual(a: Float64Array | undefined, b: Float64Array | undefined): boolean {
  return a?.length === b?.length && a?.every((value, i) => Object.is(value, b?.[i])) !== false;
}
