import { forwardGrid, layOutNetwork, spreadOf, type SpreadMoment, type Trainer } from '../index.ts';
import { fieldColumnsOf, type FieldColumns, type FieldRequest } from './field-columns.ts';
import { pointsOf, type FieldPoints } from './field-points.ts';
import { frameOf, type Frame, type FrameRequest, type Standing } from './frame.ts';
import type { OpenSubject, Subject, SubjectKeeper } from './subject.ts';

/** Points drawn of a table. */
const MOST_POINTS = 1000;

/** Shows what is inside a network, while it trains and at every step it has been through. */
export class InsideService {
  readonly #subjects: SubjectKeeper;
  #looking = new AbortController();

  constructor(subjects: SubjectKeeper) {
    this.#subjects = subjects;
  }

  /**
   * Looks at a network. A look that is on its way to another step is given up.
   *
   * @throws InputError for a step the run does not have; an AbortError if another look is asked for meanwhile
   */
  async look(request: FrameRequest): Promise<Frame> {
    this.giveUp();
    this.#looking = new AbortController();
    const { signal } = this.#looking;
    const opened = this.#subjects.open(request.subject);
    const { step, parameters: given } = request;
    const { session, replay } = opened;
    if (!session) return frameOf(opened, request, beforeTraining(opened, given));
    if (step === undefined && !given) return frameOf(opened, request, session);
    const look = (trainer: Trainer) => frameOf(opened, request, trainer);
    return replay.lookAt(step ?? session.stepCount, look, { signal, ...(given && { parameters: given }) });
  }

  /** Which columns a field can be drawn over, and what its other inputs can be held at. */
  fieldColumns(subject: Subject): FieldColumns {
    return fieldColumnsOf(this.#subjects.open(subject).prepared.dataset);
  }

  /** Rows of the table as points of a field. */
  points(subject: Subject, request: FieldRequest): FieldPoints {
    return pointsOf(this.#subjects.open(subject).prepared.dataset, request, MOST_POINTS);
  }

  /**
   * How weights, gradients and activations were spread at a step.
   *
   * @throws InputError for a step the run does not have
   */
  async moment(subject: Subject, step: number): Promise<SpreadMoment> {
    const { job, prepared, replay } = this.#subjects.open(subject);
    const parameters = await replay.lookAt(step, (trainer) => trainer.parameters());
    return { ...spreadOf(job, prepared.dataset.training, parameters), step };
  }

  /** Ends a look that is on its way, with an AbortError. */
  giveUp(): void {
    this.#looking.abort();
  }

  /** Nobody looks any more. */
  close(): void {
    this.giveUp();
    this.#subjects.close();
  }
}

/** A network that nobody trains needs no trainer: what a job of any size begins with can be looked at. */
function beforeTraining({ job, prepared, run }: OpenSubject, given: Float64Array | undefined): Standing {
  const { first } = run.history;
  const parameters = given ?? first.parameters;
  const network = layOutNetwork(prepared.dataset.training.inputCount, job.layers);
  return {
    snapshot: async () => ({ ...first, parameters }),
    predictGrid: (grid) => forwardGrid(network, parameters, grid, nextTask),
  };
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
