// What the measures of a run come to, in sentences and figures, without the page that shows them.

import type { BinaryMeasures, ClassificationMeasures, ClassMeasures, Measures } from '../index.ts';
import type { AssessmentReport, PartReport } from '../worker/assessment-report.ts';
import { count, countOf, percent, significant, withDecimals } from './format.ts';

/** Larger matrices no longer fit a page. */
const MOST_SHOWN_CLASSES = 20;
/** How deep a cell can be shaded: 0 for none of its row, this for all of it. */
export const DEEPEST_SHADE = 10;
const MOST_NAME_CHARACTERS = 40;

/** A measure without a value, where 0 would be a lie. */
export const NO_VALUE = '–';

/** A column of the table of measures. */
export interface MeasureColumn {
  readonly name: string;
  /** Of a baseline: the measure that is told of it. */
  readonly measure?: string;
  /** One line for those who are learning. */
  readonly meaning: string;
}

/** The part whose rows the network knows least: test, else validation, else training. */
export function mostHonest(parts: readonly PartReport[]): PartReport {
  return parts[parts.length - 1];
}

/** One per class of an output. */
export function classNames({ task, classes, outputNames }: AssessmentReport): readonly string[] {
  return classes ?? (task === 'binary' ? ['0', '1'] : outputNames);
}

/** The measures by class of one output; undefined for numbers. */
export function classesOf(measures: Measures, output: number): ClassificationMeasures | undefined {
  if (measures.task === 'regression') return undefined;
  return measures.task === 'classification' ? measures.classes : measures.outputs[output];
}

/** A name of a person's table, as a sentence can hold it: quoted, short, on one line. */
export function quoted(name: string): string {
  return `“${shortName(name)}”`;
}

/** On one line, without the characters that would turn the words around it; an empty name is said to be empty. */
export function shortName(name: string): string {
  const line = name.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
  if (line === '') return '(empty)';
  const characters = Array.from(line);
  return characters.length > MOST_NAME_CHARACTERS
    ? `${characters.slice(0, MOST_NAME_CHARACTERS - 1).join('')}…`
    : line;
}

/** What the score means, on the rows that the network knows least, beside what takes no network. */
export function scoreSentence(assessment: AssessmentReport, output = 0): string {
  const report = mostHonest(assessment.parts);
  const { part, rowCount } = report;
  const opening =
    part === 'training'
      ? `Measured on the ${countOf(rowCount, 'row')} it was trained on: the network`
      : `On ${countOf(rowCount, `${part} row`)} the network`;
  return `${opening} ${verdictOf(assessment, report, output)}.`;
}

/** How a score is told: what goes before it, and the words that compare it with others. */
interface Telling {
  readonly score: (measures: Measures) => number;
  readonly text: (score: number) => string;
  readonly network: (text: string) => string;
  readonly worse: string;
  readonly same: string;
  readonly beaten: (name: string, text: string) => string;
}

function verdictOf(assessment: AssessmentReport, report: PartReport, output: number): string {
  const { network, linearModel, constant } = report;
  if (network.task === 'regression' && !Number.isFinite(network.outputs[output].mae)) {
    return 'predicts no numbers: the run diverged';
  }
  const telling = tellingOf(assessment, network, output);
  const told = (measures: Measures) => telling.text(telling.score(measures));
  const baselines = [
    ...(linearModel ? [{ name: 'a linear model', measures: linearModel }] : []),
    { name: constantName(assessment, constant, output), measures: constant },
  ].map(({ name, measures }) => {
    // What reads the same is the same: no sentence says that 93.3 % is less than 93.3 %.
    const difference =
      told(measures) === told(network) ? 0 : telling.score(measures) - telling.score(network);
    return { name, text: told(measures), difference };
  });
  const better = baselines.filter(({ difference }) => difference > 0);
  const same = baselines.filter(({ difference }) => difference === 0);
  const beaten = baselines.filter(({ difference }) => difference < 0);
  const comparisons = [
    ...(better.length > 0
      ? [`${telling.worse} ${better.map(({ name, text }) => `${name} (${text})`).join(' and ')}`]
      : []),
    ...(same.length > 0 ? [`${telling.same} ${same.map(({ name }) => name).join(' and ')}`] : []),
  ];
  const compared = comparisons.length > 0 ? `, ${comparisons.join(' and ')}` : '';
  const rest = beaten.map(({ name, text }) => telling.beaten(name, text)).join(', ');
  return `${telling.network(told(network))}${compared}${rest ? `; ${rest}` : ''}`;
}

function tellingOf({ outputNames }: AssessmentReport, network: Measures, output: number): Telling {
  const isOneOfSeveral = network.task !== 'classification' && network.outputs.length > 1;
  const name = isOneOfSeveral ? quoted(outputNames[output]) : '';
  if (network.task !== 'regression') {
    return {
      score: (measures) => classesOf(measures, output)?.accuracy ?? NaN,
      text: percent,
      network: (text) => `is right ${name && `about ${name} `}in ${text}`,
      worse: 'less often than',
      same: 'as often as',
      beaten: (baseline, text) => `${baseline} in ${text}`,
    };
  }
  const of = (measures: Measures) =>
    measures.task === 'regression' ? measures.outputs[output] : { r2: undefined, mae: NaN };
  const off = (mae: string) => `is off by ${mae} ${name && `in ${name} `}on average`;
  if (of(network).r2 === undefined) {
    return {
      score: (measures) => -of(measures).mae,
      text: (score) => significant(-score),
      network: off,
      worse: 'more than',
      same: 'as much as',
      beaten: (baseline, text) => `${baseline} by ${text}`,
    };
  }
  return {
    score: (measures) => of(measures).r2 ?? NaN,
    text: scoreText,
    network: (text) => `${off(significant(of(network).mae))} and reaches an R² of ${text}`,
    worse: 'less than',
    same: 'as much as',
    beaten: (baseline, text) => `${text} by ${baseline}`,
  };
}

function constantName(assessment: AssessmentReport, constant: Measures, output: number): string {
  const measures = classesOf(constant, output);
  if (!measures) return 'always saying the mean';
  return `always saying ${quoted(classNames(assessment)[saidByAll(measures)])}`;
}

/** The one class that a constant predicts. */
function saidByAll({ confusion, perClass }: ClassificationMeasures): number {
  const first = confusion.findIndex((rows) => rows > 0);
  return first % perClass.length;
}

/** The columns of the table of measures, the baselines' last. */
export function measureColumns(assessment: AssessmentReport): MeasureColumn[] {
  const { task } = assessment;
  const isRegression = task === 'regression';
  const main = isRegression ? 'R²' : 'accuracy';
  return [
    ...ownColumns(assessment),
    {
      name: 'linear model',
      measure: main,
      meaning: 'Fitted on the training rows, without hidden layers: what a network has to beat.',
    },
    {
      name: 'always the same',
      measure: main,
      meaning: isRegression
        ? 'Whatever the inputs are, the mean of the training rows.'
        : 'Whatever the inputs are, the most frequent class of the training rows.',
    },
  ];
}

function ownColumns(assessment: AssessmentReport): MeasureColumn[] {
  const { task } = assessment;
  if (task === 'regression') {
    return [
      {
        name: 'R²',
        meaning:
          'The share of the target’s variation that is predicted: 1 is perfect, 0 no better than the mean.',
      },
      {
        name: 'MAE',
        meaning: 'Mean absolute error: how far off a prediction is on average, in the unit of the target.',
      },
      {
        name: 'RMSE',
        meaning: 'Root mean squared error: as the MAE, but large errors count for more.',
      },
    ];
  }
  const accuracy = { name: 'accuracy', meaning: 'The share of rows whose class is predicted.' };
  if (task === 'classification') {
    const meaning = 'The mean of the F1 of every class: rare classes count as much as frequent ones.';
    return [accuracy, { name: 'macro F1', meaning }];
  }
  const [no, yes] = classNames(assessment).map(quoted);
  return [
    accuracy,
    { name: 'F1', meaning: `The harmonic mean of precision and recall of ${yes}: 1 is perfect.` },
    {
      name: 'AUC',
      meaning: `How often a row of ${yes} gets a higher probability than one of ${no}: 1 is perfect, 0.5 is chance. The threshold does not matter to it.`,
    },
  ];
}

/** The figures of one part, in the order of `measureColumns`. */
export function measureTexts({ network, linearModel, constant }: PartReport, output = 0): string[] {
  return [
    ...ownTexts(network, output),
    linearModel ? ownTexts(linearModel, output)[0] : NO_VALUE,
    ownTexts(constant, output)[0],
  ];
}

function ownTexts(measures: Measures, output: number): string[] {
  if (measures.task === 'regression') {
    const { r2, mae, rmse } = measures.outputs[output];
    return [orNoValue(r2), significant(mae), significant(rmse)];
  }
  if (measures.task === 'classification') {
    const { accuracy, macroF1 } = measures.classes;
    return [percent(accuracy), scoreText(macroF1)];
  }
  const { accuracy, perClass, rocAuc } = measures.outputs[output];
  return [percent(accuracy), orNoValue(perClass[1].f1), orNoValue(rocAuc)];
}

/** A score or that there is none. */
export function orNoValue(value: number | undefined): string {
  return value === undefined ? NO_VALUE : scoreText(value);
}

/**
 * A score of which 1 is perfect, with four decimals: −1.5e−5 says no more of an R² than 0.0000 does. `> 0.9999` where
 * that would say perfect and it is not.
 */
export function scoreText(value: number): string {
  if (value < 1 && value >= 0.99995) return '> 0.9999';
  if (Math.abs(value) < 0.00005) return '0.0000';
  return Math.abs(value) <= 1 ? withDecimals(value, 4) : significant(value);
}

/** Why a figure is missing, and what the table alone does not say. */
export function measureNotes(assessment: AssessmentReport, output = 0): string[] {
  const { parts } = assessment;
  const notes: string[] = [];
  if (parts.every(({ part }) => part === 'training')) {
    notes.push('Rows it was not trained on may come out worse: keep some for validation to see.');
  }
  if (parts.some(({ linearModel }) => !linearModel)) {
    notes.push('The table is too wide for a linear model to compare with.');
  }
  const networks = parts.map(({ network }) => network);
  if (networks.some((each) => each.task === 'regression' && each.outputs[output].r2 === undefined)) {
    notes.push('R² has no value where all targets are the same.');
  }
  const binary = networks.flatMap((each) => (each.task === 'binary' ? [each.outputs[output]] : []));
  return [...notes, ...binaryNotes(assessment, binary)];
}

function binaryNotes(assessment: AssessmentReport, measures: readonly BinaryMeasures[]): string[] {
  if (measures.length === 0) return [];
  const yes = quoted(classNames(assessment)[1]);
  const notes = [`F1 is that of ${yes}.`];
  if (measures.some(({ perClass }) => perClass[1].f1 === undefined)) {
    notes.push(`It has no value where no row is ${yes} and none is predicted to be.`);
  }
  if (measures.some(({ rocAuc }) => rocAuc === undefined)) {
    notes.push('AUC has no value where all rows are of one class.');
  }
  return notes;
}

/** The classes to show, by their place: of many those with most rows, in the order of the classes. */
export function shownClasses(perClass: readonly ClassMeasures[], most = MOST_SHOWN_CLASSES): number[] {
  const places = perClass.map((_, place) => place);
  if (places.length <= most) return places;
  const bySupport = places.toSorted((a, b) => perClass[b].support - perClass[a].support);
  return bySupport.slice(0, most).toSorted((a, b) => a - b);
}

/** How many classes are left out, and which; undefined where all are shown. */
export function hiddenSentence(classCount: number, shownCount: number): string | undefined {
  const hidden = classCount - shownCount;
  if (hidden <= 0) return undefined;
  return hidden === 1
    ? 'The class with the fewest rows is not shown; predictions of it count as “other”.'
    : `The ${count(hidden)} classes with the fewest rows are not shown; predictions of them count as “other”.`;
}

/** 0 … 10: how deep to shade a cell of so many rows, of all of its row. */
export function shadeOf(rows: number, support: number): number {
  return support === 0 ? 0 : Math.round((DEEPEST_SHADE * rows) / support);
}
