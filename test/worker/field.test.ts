import { describe, expect, it } from 'vitest';
import {
  forwardGrid,
  InputError,
  networkOf,
  parametersOf,
  predictTable,
  readTable,
  type Model,
} from '../../src/index.ts';
import { fieldBuffers, fieldOf } from '../../src/worker/field.ts';
import { fieldColumnsOf, type FieldRequest } from '../../src/worker/field-columns.ts';
import {
  CLASS_COLOURS,
  CLASS_SHADES,
  CONTOUR,
  DECISION,
  NO_CLASS,
  NO_NUMBER,
  classLevels,
  likeliest,
  scaleLevels,
} from '../../src/worker/field-levels.ts';
import { pointsOf } from '../../src/worker/field-points.ts';
import { refined } from '../../src/worker/field-refining.ts';
import { expectClose } from '../support/close.ts';
import { mixedColumns, mixedTable, trainModel, type TargetKind } from '../support/models.ts';

/** Rounded to float32, which the values of a field are. */
const FLOAT32 = 2 ** -22;
const predictorOf = (model: Model) => ({
  predictGrid: (grid: Parameters<typeof forwardGrid>[2]) =>
    forwardGrid(networkOf(model), parametersOf(model), grid),
  loss: model.job.loss,
});

async function trained(kind: TargetKind, scaling: 'standard' | 'min-max' | 'none' = 'standard') {
  const wanted = { csv: mixedTable(kind, 80), columns: mixedColumns(kind) };
  const { model, dataset } = await trainModel({
    ...wanted,
    options: { scaling, missing: 'median', validation: 0.2, test: 0.1 },
  });
  const { columns, held } = fieldColumnsOf(dataset);
  const request: FieldRequest = {
    across: columns[1].column,
    up: columns[0].column,
    cells: held.map(({ start }) => start),
    points: 5,
    output: 0,
  };
  return { model, dataset, request, columns, held };
}

/** What the model says of the same points as rows of a table. */
async function predictedRows(model: Model, request: FieldRequest, points: readonly (readonly number[])[]) {
  const names = model.encoding.inputs.map(({ column }) => column);
  const rows = points.map(([x, y]) =>
    names.map((name, i) => {
      if (name === request.across) return String(x);
      return name === request.up ? String(y) : request.cells[i];
    }),
  );
  const csv = [names, ...rows].map((cells) => cells.join(',')).join('\n');
  return predictTable(model, await readTable(csv, { leastColumns: 1 })).values;
}

describe('a field', () => {
  it.each([
    ['number', 'standard'],
    ['number', 'min-max'],
    ['number', 'none'],
    ['numbers', 'standard'],
    ['binary', 'min-max'],
    ['zero-or-one', 'standard'],
    ['class', 'standard'],
  ] as const)('says what the model says of the same rows: %s, scaling %s', async (kind, scaling) => {
    const { model, dataset, request } = await trained(kind, scaling);
    const outputCount = dataset.training.outputCount;
    const output = outputCount > 1 && !dataset.classes ? 1 : 0;
    const field = await fieldOf(predictorOf(model), dataset, { ...request, output });
    const { x, y, columns, rows } = field;
    if (!y) throw new Error('the field has one axis');
    const points = Array.from({ length: rows * columns }, (_, i) => [
      x.from + ((x.to - x.from) * (i % columns)) / (columns - 1),
      y.to + ((y.from - y.to) * Math.floor(i / columns)) / (rows - 1),
    ]);
    const expected = await predictedRows(model, request, points);
    const at = (i: number) => expected.subarray(i * outputCount, (i + 1) * outputCount);
    if (kind === 'class') {
      expect(field.kind).toBe('classes');
      expect(field.names).toEqual(dataset.classes);
      expect([...field.classOf]).toEqual(points.map((_, i) => at(i).indexOf(Math.max(...at(i)))));
    } else {
      expect(field).toMatchObject({ kind: 'scale', decides: !kind.startsWith('number') });
    }
    const values = points.map((_, i) => (kind === 'class' ? Math.max(...at(i)) : at(i)[output]));
    const allowed = values.map((value) => FLOAT32 * (1 + Math.abs(value)) * 20);
    const whyLoose = 'outputs are rounded before they are scaled';
    expectClose(`${kind}, ${scaling}`, field.values, values, { allowed, whyLoose });
    expect(fieldBuffers(field).every((buffer) => buffer.byteLength >= 0)).toBe(true);
  });

  it('along one column is a curve, of every class where there are several', async () => {
    const { model, dataset, request } = await trained('class');
    const along = { ...request, up: undefined };
    const field = await fieldOf(predictorOf(model), dataset, along);
    expect(field).toMatchObject({
      kind: 'curve',
      columns: 5,
      rows: 1,
      y: undefined,
      range: { least: 0, most: 1 },
    });
    const { from, to } = field.x;
    const points = [0, 1, 2, 3, 4].map((i) => [from + ((to - from) * i) / 4]);
    const expected = await predictedRows(model, along, points);
    expectClose('curve', field.values, expected, { allowed: 20 * FLOAT32 });
  });

  it('holds the other columns at what is asked', async () => {
    const { model, dataset, request, held } = await trained('number');
    const at = held.findIndex(({ kind }) => kind === 'category');
    const category = held[at];
    if (category.kind !== 'category') throw new Error('no column of categories');
    const other = category.categories.find((each) => each !== category.start) ?? '';
    const usual = await fieldOf(predictorOf(model), dataset, request);
    const changed = await fieldOf(predictorOf(model), dataset, {
      ...request,
      cells: request.cells.with(at, other),
    });
    expect(changed.values).not.toEqual(usual.values);
    const along = { ...request, up: undefined, across: 'size' };
    const wrong = along.cells.with(1, 'much');
    await expect(fieldOf(predictorOf(model), dataset, { ...along, cells: wrong })).rejects.toThrow('much');
  });

  it('runs a tenth beyond the values to either side', async () => {
    const { dataset, request, columns } = await trained('number', 'min-max');
    const { x, value, partOf, parts, rowCount } = pointsOf(dataset, request, 1000);
    const [least, most] = [Math.min(...x), Math.max(...x)];
    const axis = columns[1];
    expect(axis.from).toBeCloseTo(least - 0.1 * (most - least), 9);
    expect(axis.to).toBeCloseTo(most + 0.1 * (most - least), 9);
    expect(parts).toEqual(['training', 'validation', 'test']);
    expect(rowCount).toBe(x.length);
    expect(new Set(partOf)).toEqual(new Set([0, 1, 2]));
    expect(value.every(Number.isFinite)).toBe(true);
  });
});

describe('a target', () => {
  it('is one of several, and one that is not there is refused', async () => {
    const { model, dataset, request } = await trained('numbers');
    expect(fieldColumnsOf(dataset).outputs).toEqual(['price', 'cost']);
    const [first, second] = await Promise.all(
      [0, 1].map((output) => fieldOf(predictorOf(model), dataset, { ...request, output })),
    );
    expect([first.names, second.names]).toEqual([['price'], ['cost']]);
    expect(pointsOf(dataset, { ...request, output: 1 }, 10).value).not.toEqual(
      pointsOf(dataset, request, 10).value,
    );
    for (const output of [2, -1, 0.5]) {
      const wrong = { ...request, output };
      const said = `There is no target ${output}: there are 2, 0 to 1. Choose one of these.`;
      await expect(fieldOf(predictorOf(model), dataset, wrong)).rejects.toThrow(new InputError(said));
      expect(() => pointsOf(dataset, wrong, 10)).toThrow(new InputError(said));
    }
  });

  it('is not asked for where the answer is one of several classes', async () => {
    const { model, dataset, request } = await trained('class');
    expect(fieldColumnsOf(dataset).outputs).toEqual([]);
    expect((await fieldOf(predictorOf(model), dataset, { ...request, output: 7 })).kind).toBe('classes');
  });
});

describe('a network that diverged', () => {
  it('is of no class anywhere', async () => {
    const { model, dataset, request } = await trained('class');
    const nothing = {
      ...predictorOf(model),
      predictGrid: ({ columns, rows }: { columns: number; rows: number }) =>
        Promise.resolve(new Float32Array(columns * rows * dataset.training.outputCount).fill(Number.NaN)),
    };
    const field = await fieldOf(nothing, dataset, request);
    expect(field.classShares).toEqual([0, 0, 0]);
    expect(field.classOf.every((place) => place === NO_CLASS)).toBe(true);
    expect(field.picture.levels.every((level) => level === NO_NUMBER)).toBe(true);
  });
});

describe('the points of a field', () => {
  it('are at most as many as asked for, taken evenly', async () => {
    const { dataset, request } = await trained('class');
    const all = pointsOf(dataset, request, 1000);
    const some = pointsOf(dataset, request, 10);
    expect(some.x.length).toBe(10);
    expect(some.rowCount).toBe(all.x.length);
    const stride = all.x.length / 10;
    expect([...some.y]).toEqual(Array.from({ length: 10 }, (_, i) => all.y[Math.floor(i * stride)]));
    expect(all.value.every((place) => dataset.classes?.[place] !== undefined)).toBe(true);
  });
});

describe('what is painted', () => {
  it('are shades of the range, with lines between them', () => {
    const values = Float64Array.of(-1, 0, 0.3, 1, 2, Number.NaN);
    const levels = scaleLevels(values, 6, { least: 0, most: 1 });
    expect([...levels].map((level) => level & NO_NUMBER)).toEqual([0, 0, 75, 249, 249, NO_NUMBER]);
    const lines = [0, CONTOUR, DECISION, 0, CONTOUR, 0];
    expect([...levels].map((level) => level & ~NO_NUMBER)).toEqual(lines);
  });

  it('are the likeliest classes, and how likely they are', () => {
    const probabilities = Float64Array.of(0.2, 0.8, 0.3, 0.7, 1, 0, 0.9, 0.1);
    const { classOf, values } = likeliest(probabilities, 2);
    const levels = classLevels({ classOf, values }, 2);
    expect([...classOf]).toEqual([1, 1, 0, 0]);
    expect([...values].map((value) => Math.round(10 * value))).toEqual([8, 7, 10, 9]);
    // The line runs on the upper side, one point wide.
    expect([...levels].map((level) => level >> 10)).toEqual([2, 2, 0, 0]);
    expect(levels[2] & NO_NUMBER).toBe(31);
  });

  it('is no class where no probability is a number, not one that is certain', () => {
    const probabilities = Float64Array.of(Number.NaN, Number.NaN, 0, 1, Number.NaN, 0.4);
    const found = likeliest(probabilities, 2);
    expect([...found.classOf]).toEqual([NO_CLASS, 1, 1]);
    expect(found.values[0]).toBeNaN();
    const certain = { classOf: Uint16Array.of(CLASS_COLOURS - 1), values: Float32Array.of(1) };
    expect([...classLevels(found, 1)].map((level) => level & NO_NUMBER)).toEqual([
      NO_NUMBER,
      2 * CLASS_SHADES - 1,
      CLASS_SHADES + Math.floor(0.4 * CLASS_SHADES),
    ]);
    expect(classLevels(certain, 1)[0]).toBeLessThan(NO_NUMBER);
  });

  it('lies between the points in proportion', () => {
    const values = Float64Array.from({ length: 60 }, (_, i) => i ** 1.5);
    const plane = { values, columns: 5, rows: 6, width: 2 };
    const fine = refined(plane);
    expect(fine).toMatchObject({ columns: 256, rows: 256, width: 2 });
    const at = (column: number, row: number, k: number) => fine.values[(row * 256 + column) * 2 + k];
    // The points there were are there still: every 63.75th across, every 51st down.
    expect([at(0, 0, 1), at(255, 0, 0), at(0, 51, 0), at(255, 255, 1)]).toEqual(
      [1, 8, 10, 59].map((i) => values[i]),
    );
    const middle = (values[0] + values[10]) / 2;
    expect((at(0, 25, 0) + at(0, 26, 0)) / 2).toBeCloseTo(middle, 9);
    const share = (64 * 4) / 255 - 1;
    expect(at(64, 0, 0)).toBeCloseTo(values[2] + share * (values[4] - values[2]), 9);
    expect(refined({ ...plane, width: 20, columns: 1, rows: 3 }).values).toBe(values);
  });
});
