import { jobShapes, type JobName, type JobShape } from './jobs.ts';
import { fastest, msPerStep, type Cell, type Figures, type Results } from './results.ts';
import { circumstancesOf, durationText, partTitles, remark, table, verdictsSection } from './report-parts.ts';
import { figureText, gflops, judgeResults, percentText, ratioText } from './verdicts.ts';

/** The whole report in Markdown: where it was measured, a table a job, the verdicts. */
export function renderReport(results: Results): string {
  const jobs = [...new Set(results.cells.map(({ job }) => job))];
  const parts = [
    `# ${partTitles.networks}`,
    ...circumstancesOf(results),
    METHOD,
    ceilingsText(results),
    ...jobs.flatMap((job) => jobSection(job, results)),
    ...verdictsSection(judgeResults(results)),
  ];
  return `${parts.join('\n\n')}\n`;
}

const METHOD = `Full batch, SGD, sigmoid after every layer, mean squared error; the same initial parameters, inputs and targets
for every system. Each system has a browser or process of its own; they take turns, one at a time. Times are taken
outside the systems with one clock and end when the last loss has been read back. A time is the median of the
repetitions, and is printed only if loss and parameters agree with the float64 reference. _Cold_ is a fresh browser
with the code loaded, from the press to the final loss of the whole job: opening the device, compiling, copying and
the first steps are measured, the remaining steps counted at the warm rate. GFLOP/s counts the matrix products alone.`;

function ceilingsText({ ceilings }: Results): string {
  if (typeof ceilings === 'string') return `The adapter's ceilings could not be measured: ${ceilings}`;
  const { multiplyAddGflops, plainLoopGflops, copyGigabytesPerSecond } = ceilings;
  return (
    `The adapter's own ceilings: ${figureText(multiplyAddGflops)} GFLOP/s in a pure multiply-add loop ` +
    `(${figureText(plainLoopGflops)} where its body is not unrolled), ` +
    `${figureText(copyGigabytesPerSecond)} GB/s (read plus written) in a buffer copy.`
  );
}

function jobSection(job: JobName, results: Results): string[] {
  const { widths, rowCount, bias, learningRate, steps }: JobShape = jobShapes[job];
  const count = (value: number) => value.toLocaleString('en-US');
  const cells = results.cells.filter((cell) => cell.job === job);
  const best = fastest(cells, job, ({ system }) => system.group === 'handgrad GPU')?.ms;
  return [
    `## ${job}`,
    `${widths.join('-')}, ${count(rowCount)} rows, ${bias ? 'biases' : 'no bias'}, learning rate ${learningRate}; the whole job is ${count(steps)} steps.`,
    table(
      [
        'System',
        'ms per step',
        'fastest – slowest',
        'repetitions × steps',
        `cold, ${count(steps)} steps`,
        'GFLOP/s',
        'of the ceiling',
        'time / handgrad GPU',
        'loss off by',
      ],
      cells.map((cell) => cellRow(cell, best, results)),
    ),
    cells.flatMap(({ system, reason, note }) => remark(system.label, reason ?? note)).join('\n'),
  ].filter(Boolean);
}

function cellRow(cell: Cell, bestMs: number | undefined, { ceilings }: Results): string[] {
  const { figures, system, job } = cell;
  const ms = msPerStep(cell);
  if (!figures || ms === undefined) return [system.label, 'below', ...Array<string>(7).fill('')];
  const rate = gflops(job, ms);
  const isShare = jobShapes[job].isLarge && system.runsOn === 'gpu' && typeof ceilings !== 'string';
  return [
    system.label,
    figureText(ms),
    `${figureText(Math.min(...figures.msPerStep))} – ${figureText(Math.max(...figures.msPerStep))}`,
    `${figures.msPerStep.length} × ${figures.steps.toLocaleString('en-US')}`,
    durationText(pressToFinalLossMs(figures, ms, jobShapes[job].steps)),
    figureText(rate),
    isShare ? percentText(rate / ceilings.multiplyAddGflops) : '',
    bestMs === undefined ? '' : ratioText(ms / bestMs),
    figures.lossDeviation.toExponential(1),
  ];
}

/** From a cold press to the loss of the whole job's last step: what was measured, and the rest at the warm rate. */
export function pressToFinalLossMs({ cold }: Pick<Figures, 'cold'>, warmMs: number, steps: number): number {
  return cold.ms + Math.max(0, steps - cold.steps) * warmMs;
}
