import { median } from '../../src/core/median.ts';
import { populationShapes, type PopulationName } from './jobs.ts';
import { circumstancesOf, durationText, partTitles, remark, table, verdictsSection } from './report-parts.ts';
import type { Cell, Figures, PopulationResults } from './results.ts';
import type { PopulationGroup } from './system-list.ts';
import { figureText, ratioText, type Verdict } from './verdicts.ts';

/** How many times as fast handgrad's GPU path must be. */
interface PopulationRequirement {
  readonly job: PopulationName;
  readonly than: PopulationGroup;
  readonly atLeast: number;
}

const OURS: PopulationGroup = 'handgrad GPU, all networks at once';

const requirements: readonly PopulationRequirement[] = [
  { job: 'notebook-population', than: 'jax-js vmap', atLeast: 30 },
  { job: 'notebook-population', than: 'handgrad CPU, one core', atLeast: 5 },
  { job: 'notebook-population', than: 'handgrad CPU, all cores', atLeast: 2.5 },
  { job: 'iris-population', than: 'jax-js vmap', atLeast: 10 },
  { job: 'iris-population', than: 'handgrad CPU, all cores', atLeast: 1 },
];

const METHOD = `Full batch, SGD, sigmoid after every layer, mean squared error; each network of a population has a seed of its own
and one of four learning rates, the same in every system. A rate counts the steps of all networks that are trained at
once, and is the median of the repetitions; it is printed only if losses and parameters agree with the float64
reference: of every network that the system trains after the first run, and the losses of up to 16 of them after each
repetition. On the GPU handgrad keeps compensated parameters, and losses at a stride. On a core it trains network after
network, each as long as any other, and the first few of them are timed; on all cores each has a process and networks
of its own, and the slowest counts. Systems take turns, each in a browser or process of its own. _Cold_ is a fresh
browser with the code loaded, from the press to the final losses of the whole population: opening the device,
compiling, copying and the first steps are measured, the remaining steps counted at the warm rate. Where a system has
several settings, the verdicts name the best.`;

/** The part of the report on many networks at once, in Markdown. */
export function renderPopulationReport(results: PopulationResults): string {
  const jobs = [...new Set(results.cells.map(({ job }) => job))];
  const parts = [
    `# ${partTitles.populations}`,
    ...circumstancesOf(results),
    METHOD,
    ...jobs.flatMap((job) => jobSection(job, results)),
    ...scalingSection(results),
    ...verdictsSection(judgePopulations(results)),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Every requirement on a population that was run, held against the figures. */
export function judgePopulations({ cells }: PopulationResults): Verdict[] {
  return requirements
    .filter(({ job }) => cells.some((cell) => cell.job === job))
    .map(({ job, than, atLeast }) => {
      const [ours, theirs] = [OURS, than].map((group) => best(cells, job, group));
      const claim = `${job}: handgrad GPU faster than ${theirs?.label ?? than}`;
      const accepted = atLeast === 1 ? '> 1×' : `≥ ${ratioText(atLeast)}`;
      if (ours === undefined || theirs === undefined) {
        return { claim, accepted, measured: undefined, outcome: 'not measured' };
      }
      const ratio = ours.rate / theirs.rate;
      const isMet = atLeast === 1 ? ratio > 1 : ratio >= atLeast;
      return { claim, accepted, measured: ratioText(ratio), outcome: isMet ? 'pass' : 'miss' };
    });
}

function jobSection(job: PopulationName, { cells }: PopulationResults): string[] {
  const { widths, rowCount, bias, learningRate, steps, networkCount } = populationShapes[job];
  const ours = best(cells, job, OURS)?.rate;
  const cellsOfJob = cells.filter((cell) => cell.job === job);
  return [
    `## ${job}`,
    `${count(networkCount)} networks of ${widths.join('-')}, ${count(rowCount)} rows, ${bias ? 'biases' : 'no bias'}, ` +
      `learning rates ${learningRate} to ${learningRate / 8}; the whole job is ${count(steps)} steps of each.`,
    table(
      [
        'System',
        'network-steps per second',
        'slowest – fastest',
        'networks timed',
        'repetitions × steps',
        'cold, whole population',
        'handgrad GPU is faster by',
        'loss off by',
      ],
      cellsOfJob.map((cell) => cellRow(cell, ours)),
    ),
    cellsOfJob.flatMap(({ system, reason, note }) => remark(system.label, reason ?? note)).join('\n'),
  ].filter(Boolean);
}

function cellRow({ figures, system, job }: Cell<PopulationName>, ours: number | undefined): string[] {
  if (!figures) return [system.label, 'below', ...Array<string>(6).fill('')];
  const rates = figures.msPerStep.map((ms) => rateOf(figures, ms));
  const rate = rateOf(figures);
  return [
    system.label,
    rateText(rate),
    `${rateText(Math.min(...rates))} – ${rateText(Math.max(...rates))}`,
    count(figures.networkCount),
    `${figures.msPerStep.length} × ${count(figures.steps)}`,
    durationText(pressToFinalLossesMs(job, figures)),
    ours === undefined ? '' : ratioText(ours / rate),
    figures.lossDeviation.toExponential(1),
  ];
}

function scalingSection({ scaling }: PopulationResults): string[] {
  const [first] = scaling;
  if (!first) return [];
  const { steps } = populationShapes[first.job];
  return [
    '## More networks',
    `${first.job} on the GPU path of handgrad; networks per second are whole jobs of ${count(steps)} steps, warm.`,
    table(
      ['networks', 'ms per step', 'network-steps per second', 'networks per second', 'loss off by'],
      scaling.flatMap(({ figures }) => {
        if (!figures) return [];
        const rate = rateOf(figures);
        return [
          [
            count(figures.networkCount),
            figureText(median(figures.msPerStep)),
            rateText(rate),
            figureText(rate / steps),
            figures.lossDeviation.toExponential(1),
          ],
        ];
      }),
    ),
    scaling.flatMap(({ system, reason }) => remark(system.label, reason)).join('\n'),
  ].filter(Boolean);
}

/** From a cold press to the last losses of all networks: what was measured, and the rest at the warm rate. */
export function pressToFinalLossesMs(job: PopulationName, figures: Figures): number {
  const { networkCount, steps } = populationShapes[job];
  const networkSteps = networkCount * steps - figures.networkCount * figures.cold.steps;
  return figures.cold.ms + (1000 * Math.max(0, networkSteps)) / rateOf(figures);
}

/** Steps of networks a second. */
function rateOf({ networkCount, msPerStep }: Figures, ms = median(msPerStep)): number {
  return (1000 * networkCount) / ms;
}

/** The fastest system of a group on a job; undefined if none has figures. */
function best(
  cells: readonly Cell<PopulationName>[],
  job: PopulationName,
  group: PopulationGroup,
): { readonly label: string; readonly rate: number } | undefined {
  return cells
    .flatMap(({ figures, system, ...cell }) =>
      figures && cell.job === job && system.group === group
        ? [{ label: system.label, rate: rateOf(figures) }]
        : [],
    )
    .toSorted((a, b) => b.rate - a.rate)
    .at(0);
}

/** Three figures: `12,300,000`. */
function rateText(rate: number): string {
  return rate.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
