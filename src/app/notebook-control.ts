import { callback, type LossCurve, type NotebookReport, type TrainingClient } from '../worker/client.ts';
import type { Backend, Trace, Verdict } from '../index.ts';
import { count, significant } from './format.ts';
import {
  cellNames,
  dataOfStory,
  fieldsOfCell,
  jobOfStory,
  keyOfCell,
  readStory,
  withText,
  type CellName,
  type Story,
  type StoryTexts,
  type StoryValues,
} from './notebook-story.ts';
import type { TracedValues } from './notebook-steps.ts';
import type { PageState } from './page-state.ts';
import { extended, type Path } from './run.ts';
import { sentenceOf } from './sentences.ts';

/** The loop on one path, running or over. */
export interface LoopRun {
  readonly values: StoryValues;
  readonly stepCount: number;
  readonly lines: readonly string[];
  readonly curve: LossCurve;
  /** Undefined while it runs. */
  readonly report: NotebookReport | undefined;
}

/** What the GPU run came to beside the CPU run. */
export interface ComparedLoop {
  readonly values: StoryValues;
  readonly verdict: Verdict;
}

const noTexts: StoryTexts = new Map();
/** Cells that train, and do so in the worker. */
const trainingCells: readonly CellName[] = ['loop', 'pytorch', 'agreement'];

/** The notebook's page: what was changed, what each cell shows, and the runs of its loop. Nothing runs unasked. */
export class NotebookControl {
  texts: StoryTexts = noTexts;
  /** What the fields say. */
  story: Story = readStory(noTexts);
  /** With nothing changed. */
  readonly beginning: StoryValues = this.story.values;
  /** The path that the loop takes. */
  path: Path = 'cpu';
  runs: Readonly<Partial<Record<Backend['name'], LoopRun>>> = {};
  compared: ComparedLoop | undefined;
  /** The cell that trains now. */
  working: CellName | undefined;
  /** What each cell that was run says of it; an empty text where it was run and says nothing. */
  said: ReadonlyMap<CellName, string> = new Map();
  readonly #state: PageState;
  readonly #client: TrainingClient;
  /** What the cells that were run were run on; the others show the beginning. */
  #shown: ReadonlyMap<CellName, StoryValues> = new Map();
  readonly #traces = new WeakMap<StoryValues, Trace>();
  #isStopping = false;

  constructor(state: PageState, client: TrainingClient) {
    this.#state = state;
    this.#client = client;
  }

  /** Computes what the cells show before anything is run; asked when the page is first shown. */
  async prepare(): Promise<void> {
    try {
      await this.#trace(this.beginning);
      this.#state.update({});
    } catch {
      // The page says that the worker is gone.
    }
  }

  /** What a cell shows with every matrix of the first step; undefined until those are there. */
  traced(cell: CellName): TracedValues | undefined {
    const values = this.shown(cell);
    const trace = this.#traces.get(values);
    return trace && { values, trace };
  }

  /** What a cell shows. */
  shown(cell: CellName): StoryValues {
    return this.#shown.get(cell) ?? this.beginning;
  }

  /** Whether a cell was run. */
  wasRun(cell: CellName): boolean {
    return this.#shown.has(cell);
  }

  /** Whether a cell trains when it is run: before, it shows nothing of ours. */
  trains(cell: CellName): boolean {
    return trainingCells.includes(cell);
  }

  /** What a cell shows was computed from something else than the notebook's values. */
  isChanged(cell: CellName): boolean {
    return keyOfCell(cell, this.shown(cell)) !== keyOfCell(cell, this.beginning);
  }

  /** What a cell would be run on is no longer what it shows. */
  isStale(cell: CellName): boolean {
    return keyOfCell(cell, this.shown(cell)) !== keyOfCell(cell, this.story.values);
  }

  get isTouched(): boolean {
    return (
      this.texts.size > 0 ||
      this.#shown.size > 0 ||
      this.runs.cpu !== undefined ||
      this.runs.gpu !== undefined
    );
  }

  /** Whether the loop of some values is that of what a cell shows. */
  isOf(values: StoryValues, cell: CellName): boolean {
    return keyOfCell('loop', values) === keyOfCell('loop', this.shown(cell));
  }

  /** A run of the loop on the values that a cell shows. */
  runOf(backend: Backend['name'], cell: CellName): LoopRun | undefined {
    const run = this.runs[backend];
    return run && this.isOf(run.values, cell) ? run : undefined;
  }

  change(field: string, text: string): void {
    this.texts = withText(this.texts, field, text);
    this.story = readStory(this.texts);
    this.#state.update({});
  }

  choosePath(path: Path): void {
    this.path = path;
    this.#state.update({});
  }

  /** Runs one cell on what is there now. */
  async run(cell: CellName): Promise<void> {
    await this.#runEach([cell]);
  }

  /** Runs every cell, from the first to the last. */
  async runAll(): Promise<void> {
    await this.#runEach(cellNames);
  }

  /** Everything as the notebook has it, and nothing run. */
  reset(): void {
    this.stop();
    this.texts = noTexts;
    this.story = readStory(noTexts);
    this.path = 'cpu';
    this.runs = {};
    this.compared = undefined;
    this.said = new Map();
    this.#shown = new Map();
    this.#state.update({});
  }

  /** Ends the loop where it stands. */
  stop(): void {
    if (this.working === undefined) return;
    this.#isStopping = true;
    void this.#client.notebook.stop();
  }

  async #runEach(cells: readonly CellName[]): Promise<void> {
    if (this.working !== undefined) return;
    this.#isStopping = false;
    for (const cell of cells) {
      const refusal = this.#refusal(cell);
      if (refusal !== undefined) {
        this.#say(cell, refusal);
        continue;
      }
      const { values } = this.story;
      try {
        await this.#trace(values);
      } catch (error) {
        this.#say(cell, sentenceOf(error));
        continue;
      }
      this.#shown = new Map([...this.#shown, [cell, values]]);
      if (this.trains(cell)) await this.#train(cell);
      else this.#say(cell, cells.length === 1 ? 'Ran.' : '');
      if (this.#isStopping) return;
    }
  }

  async #trace(values: StoryValues): Promise<void> {
    if (this.#traces.has(values)) return;
    this.#traces.set(values, await this.#client.notebook.trace(jobOfStory(values), dataOfStory(values)));
  }

  /** Why a cell cannot be run now. */
  #refusal(cell: CellName): string | undefined {
    const { problems } = this.story;
    const [field] = fieldsOfCell(cell, problems.keys());
    if (field !== undefined) return `Not run: ${problems.get(field)}`;
    if (!this.trains(cell)) return undefined;
    if (this.#state.isBroken) return 'Not run: the training worker is gone. Reload the page.';
    if (!this.#state.isIdle)
      return 'Not run: something else trains or is being timed on this page. Stop it there, or let it finish.';
    const { gpu } = this.#state;
    if (cell === 'loop' && this.path === 'gpu' && (!gpu || gpu.kind === 'none'))
      return `Not run on the GPU: ${gpu?.sentence ?? 'it is not known yet whether there is one.'}`;
    return undefined;
  }

  async #train(cell: CellName): Promise<void> {
    const state = this.#state;
    this.working = cell;
    this.#say(cell, 'Training …');
    state.update({ activity: 'measuring', error: undefined });
    try {
      const { gpu } = state;
      if (cell === 'loop') await this.#trainOn(this.path, true);
      else await this.#trainOn('cpu', false);
      if (cell === 'agreement' && gpu && gpu.kind !== 'none' && !this.#isStopping)
        await this.#trainOn('gpu', false);
      if (cell !== 'pytorch' && !this.#isStopping) await this.#compare();
      this.#say(cell, this.#outcome(cell));
    } catch (error) {
      const wasStopped = error instanceof Error && error.name === 'AbortError';
      this.#say(cell, wasStopped ? 'Stopped.' : sentenceOf(error));
    } finally {
      this.working = undefined;
      state.update({ activity: 'idle' });
    }
  }

  /** @param isAgain trains even where a whole run of these values is there */
  async #trainOn(backend: Backend['name'], isAgain: boolean): Promise<void> {
    const { values } = this.story;
    const job = jobOfStory(values);
    const there = this.runs[backend];
    const isThere = there && keyOfCell('loop', there.values) === keyOfCell('loop', values);
    if (!isAgain && isThere && there.report?.steps === job.steps) return;
    const begun: LoopRun = {
      values,
      stepCount: 0,
      lines: [],
      curve: { steps: [], losses: [] },
      report: undefined,
    };
    this.compared = undefined;
    const show = (run: LoopRun | undefined, topic: 'change' | 'progress') => {
      this.runs = { ...this.runs, [backend]: run };
      this.#state.update({}, topic);
    };
    show(begun, 'change');
    try {
      const report = await this.#client.notebook.train(
        backend,
        job,
        dataOfStory(values),
        callback(({ stepCount, lines, curve }) => {
          const run = this.runs[backend];
          if (!run || run.values !== values || run.report) return;
          show(
            { ...run, stepCount, lines: [...run.lines, ...lines], curve: extended(run.curve, curve) },
            'progress',
          );
        }),
      );
      if (this.runs[backend]?.values !== values) return;
      const { steps: stepCount, lines, curve } = report;
      show({ values, stepCount, lines, curve, report }, 'change');
    } catch (error) {
      show(undefined, 'change');
      throw error;
    }
  }

  /** Holds the GPU against float64 where both are there. */
  async #compare(): Promise<void> {
    const { values } = this.story;
    const verdict = await this.#client.notebook.compare(jobOfStory(values), dataOfStory(values));
    this.compared = verdict && { values, verdict };
  }

  /** What is read out when a cell has trained. */
  #outcome(cell: CellName): string {
    const paths = cell === 'loop' ? [this.path] : (['cpu', 'gpu'] as const);
    const run = paths.map((path) => this.runOf(path, cell)).find((each) => each?.report);
    const report = run?.report;
    if (!run || !report) return '';
    const { steps } = jobOfStory(run.values);
    if (report.divergence)
      return `Diverged at step ${count(report.divergence.step)}: ${report.divergence.cause}.`;
    if (report.steps < steps) return `Stopped after ${count(report.steps)} of ${count(steps)} steps.`;
    const last = report.losses[report.losses.length - 1];
    return `Trained ${count(steps)} steps; the last error printed is ${significant(last)}.`;
  }

  #say(cell: CellName, sentence: string): void {
    this.said = new Map([...this.said, [cell, sentence]]);
    this.#state.update({});
  }
}
