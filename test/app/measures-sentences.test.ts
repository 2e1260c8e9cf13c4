import { describe, expect, test } from 'vitest';
import {
  classNames,
  classesOf,
  hiddenSentence,
  measureColumns,
  measureNotes,
  measureTexts,
  mostHonest,
  quoted,
  scoreSentence,
  scoreText,
  shadeOf,
  shownClasses,
} from '../../src/app/measures-sentences.ts';
import { percent } from '../../src/app/format.ts';
import { measureOutputs, type PartName, type Task } from '../../src/index.ts';
import type { AssessmentReport, PartReport } from '../../src/worker/assessment-report.ts';

interface Rows {
  readonly targets: number[];
  readonly network: number[];
  readonly linear?: number[];
  readonly constant: number[];
}

function report(
  task: Task,
  { names, classes }: { names: string[]; classes?: string[] },
  parts: Partial<Record<PartName, Rows>>,
): AssessmentReport {
  const outputCount = names.length;
  const reports = Object.entries(parts).map(([part, { targets, network, linear, constant }]): PartReport => {
    const measure = (predictions: number[]) =>
      measureOutputs(task, {
        targets: Float64Array.from(targets),
        predictions: Float64Array.from(predictions),
        outputCount,
      });
    return {
      part: part as PartName,
      rowCount: targets.length / outputCount,
      network: measure(network),
      linearModel: linear && measure(linear),
      constant: measure(constant),
      points: [],
    };
  });
  return { task, outputNames: names, classes, threshold: 0.5, parts: reports };
}

/** Four rows of which so many are 1, and so many of each prediction are right. */
function binary(right: { network: number; linear?: number; constant: number }, part: PartName = 'test') {
  const targets = [0, 0, 0, 1];
  const rightIn = (count: number) => targets.map((target, row) => (row < count ? target : 1 - target));
  const rows = {
    targets,
    network: rightIn(right.network),
    ...(right.linear === undefined ? {} : { linear: rightIn(right.linear) }),
    constant: [0, 0, 0, 0],
  };
  return report('binary', { names: ['ill'], classes: ['no', 'yes'] }, { [part]: rows });
}

/** As it reads, without the spaces that do not break. */
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('the sentence on a classification', () => {
  test('says how often the network is right, and how often what takes no network', () => {
    expect(plain(scoreSentence(binary({ network: 4, linear: 2, constant: 3 })))).toBe(
      'On 4 test rows the network is right in 100.0 %; a linear model in 50.0 %, always saying “no” in 75.0 %.',
    );
  });

  test('says as plainly where a baseline is better', () => {
    expect(plain(scoreSentence(binary({ network: 2, linear: 4, constant: 3 })))).toBe(
      'On 4 test rows the network is right in 50.0 %, less often than a linear model (100.0 %) and always saying ' +
        '“no” (75.0 %).',
    );
    expect(plain(scoreSentence(binary({ network: 3, linear: 4, constant: 3 })))).toBe(
      'On 4 test rows the network is right in 75.0 %, less often than a linear model (100.0 %) and as often as ' +
        'always saying “no”.',
    );
  });

  test('says nothing of a linear model where there is none', () => {
    expect(plain(scoreSentence(binary({ network: 4, constant: 3 })))).toBe(
      'On 4 test rows the network is right in 100.0 %; always saying “no” in 75.0 %.',
    );
  });

  test('says so where the rows are those it was trained on', () => {
    const trained = binary({ network: 4, constant: 3 }, 'training');
    expect(scoreSentence(trained)).toMatch(
      /^Measured on the 4 rows it was trained on: the network is right in/,
    );
    expect(measureNotes(trained)[0]).toMatch(/keep some for validation/);
  });

  test('is about the part the network knows least, and the class a constant says', () => {
    const oneHot = (...classes: number[]) =>
      classes.flatMap((place) => [0, 1, 2].map((k) => (k === place ? 1 : 0)));
    const rows = { targets: oneHot(0, 1, 2), network: oneHot(0, 1, 1), constant: oneHot(2, 2, 2) };
    const three = report(
      'classification',
      { names: ['a', 'b', 'c'], classes: ['__proto__', 'b', '<b>c</b>'] },
      { training: { ...rows, network: oneHot(0, 1, 2) }, validation: rows },
    );
    expect(mostHonest(three.parts).part).toBe('validation');
    expect(plain(scoreSentence(three))).toBe(
      'On 3 validation rows the network is right in 66.7 %; always saying “<b>c</b>” in 33.3 %.',
    );
    expect(classNames(three)[0]).toBe('__proto__');
    expect(measureTexts(three.parts[1]).map(plain)).toEqual(['66.7 %', '0.5556', '–', '33.3 %']);
  });

  test('names the output where there are several', () => {
    const rows = { targets: [0, 1, 1, 0], network: [0, 0, 1, 1], constant: [0, 0, 0, 0] };
    const two = report('binary', { names: ['red', 'large'] }, { test: rows });
    expect(plain(scoreSentence(two, 1))).toBe(
      'On 2 test rows the network is right about “large” in 0.0 %, less often than always saying “0” (50.0 %).',
    );
    expect(classNames(two)).toEqual(['0', '1']);
    expect(classesOf(two.parts[0].network, 0)?.accuracy).toBe(1);
  });
});

describe('the sentence on a regression', () => {
  const targets = [1, 2, 3, 4];
  const numbers = (network: number[], linear?: number[], of = targets) =>
    report(
      'regression',
      { names: ['y'] },
      { validation: { targets: of, network, ...(linear ? { linear } : {}), constant: [2, 2, 2, 2] } },
    );

  test('says how far off it is, and R² beside the baselines', () => {
    expect(scoreSentence(numbers([1, 2, 3, 3], [1, 2, 3, 2]))).toBe(
      'On 4 validation rows the network is off by 0.2500 on average and reaches an R² of 0.8000; 0.2000 by a ' +
        'linear model, −0.2000 by always saying the mean.',
    );
  });

  test('says as plainly where a baseline is better, or the same', () => {
    expect(scoreSentence(numbers([4, 3, 2, 1], [1, 2, 3, 4]))).toBe(
      'On 4 validation rows the network is off by 2.000 on average and reaches an R² of −3.000, less than a linear ' +
        'model (1.0000) and always saying the mean (−0.2000).',
    );
    expect(scoreSentence(numbers([2, 2, 2, 2]))).toMatch(/of −0\.2000, as much as always saying the mean\.$/);
  });

  test('tells errors where R² has no value', () => {
    const constant = numbers([5.5, 5, 5, 5], undefined, [5, 5, 5, 5]);
    expect(scoreSentence(constant)).toBe(
      'On 4 validation rows the network is off by 0.1250 on average; always saying the mean by 3.000.',
    );
    expect(measureNotes(constant)).toContain('R² has no value where all targets are the same.');
    expect(measureTexts(constant.parts[0])).toEqual(['–', '0.1250', '0.2500', '–', '–']);
  });

  test('says that a run diverged', () => {
    expect(scoreSentence(numbers([NaN, 2, 3, 4]))).toBe(
      'On 4 validation rows the network predicts no numbers: the run diverged.',
    );
  });
});

describe('the table', () => {
  test('has a figure for every column', () => {
    const one = binary({ network: 4, linear: 3, constant: 3 });
    expect(measureColumns(one).map(({ name }) => name)).toEqual([
      'accuracy',
      'F1',
      'AUC',
      'linear model',
      'always the same',
    ]);
    expect(measureTexts(one.parts[0])).toHaveLength(measureColumns(one).length);
  });

  test('says why a figure is missing', () => {
    const rows = { targets: [0, 0], network: [0.1, 0.2], constant: [0, 0] };
    const none = report('binary', { names: ['ill'], classes: ['no', 'yes'] }, { training: rows, test: rows });
    expect(measureTexts(none.parts[1]).slice(1, 3)).toEqual(['–', '–']);
    expect(measureNotes(none)).toEqual([
      'The table is too wide for a linear model to compare with.',
      'F1 is that of “yes”.',
      'It has no value where no row is “yes” and none is predicted to be.',
      'AUC has no value where all rows are of one class.',
    ]);
  });
});

describe('classes', () => {
  const perClass = (supports: number[]) =>
    supports.map((support) => ({ precision: 1, recall: 1, f1: 1, support }));

  test('of many, those with most rows are shown, in their order', () => {
    expect(shownClasses(perClass([1, 5, 0, 3]), 2)).toEqual([1, 3]);
    expect(shownClasses(perClass([1, 5]), 2)).toEqual([0, 1]);
    expect(shownClasses(perClass([2, 2, 2]), 2)).toEqual([0, 1]);
  });

  test('how many are not shown is said', () => {
    expect(hiddenSentence(20, 20)).toBeUndefined();
    expect(hiddenSentence(21, 20)).toMatch(/^The class with the fewest rows is not shown/);
    expect(hiddenSentence(1000, 20)).toMatch(/^The 980 classes/);
  });

  test('a cell is shaded by its share of the row', () => {
    expect([shadeOf(0, 0), shadeOf(0, 7), shadeOf(1, 2), shadeOf(7, 7)]).toEqual([0, 0, 5, 10]);
  });

  test('any text of a table is a short name on one line', () => {
    expect(quoted('a\n\tb')).toBe('“a b”');
    expect(quoted('\u202e')).toBe('“(empty)”');
    expect(quoted('x'.repeat(300))).toBe(`“${'x'.repeat(39)}…”`);
  });
});

describe('figures', () => {
  test('round to perfect or to nothing only where they are', () => {
    expect([1, 0.99999, 0.9, 0.00001, 0].map((share) => plain(percent(share)))).toEqual([
      '100.0 %',
      '> 99.9 %',
      '90.0 %',
      '< 0.1 %',
      '0.0 %',
    ]);
    expect([1, 0.999999, 0.5, -1e-9, -0.25, -31.25].map(scoreText)).toEqual([
      '1.0000',
      '> 0.9999',
      '0.5000',
      '0.0000',
      '−0.2500',
      '−31.25',
    ]);
  });
});
