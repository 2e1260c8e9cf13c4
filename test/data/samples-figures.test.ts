import { describe, expect, test } from 'vitest';
import diabetesMlp from './golden/diabetes_mlp.json' with { type: 'json' };
import { classCounts, columnSums, loadCells, type SampleCells } from './sample-cells.ts';

/** The samples beside published figures, and beside figures computed with other software. */

function expectSums(rows: SampleCells['rows'], sums: readonly number[]): void {
  columnSums(rows, 0, sums.length).forEach((sum, column) => expect(sum).toBeCloseTo(sums[column], 6));
}

describe('iris', () => {
  test('has the means of R (summary(iris): 5.843, 3.057, 3.758, 1.199)', async () => {
    const { rows } = await loadCells('iris');
    const means = columnSums(rows, 0, 4).map((sum) => (sum / rows.length).toFixed(3));
    expect(means).toEqual(['5.843', '3.057', '3.758', '1.199']);
  });

  test("has the species' means of Fisher's paper, table 2", async () => {
    const { rows } = await loadCells('iris');
    const means = ['setosa', 'versicolor', 'virginica'].map((species) => {
      const ofSpecies = rows.filter((row) => row[4] === species);
      return columnSums(ofSpecies, 0, 4).map((sum) => Number((sum / ofSpecies.length).toFixed(3)));
    });
    expect(means).toEqual([
      [5.006, 3.428, 1.462, 0.246],
      [5.936, 2.77, 4.26, 1.326],
      [6.588, 2.974, 5.552, 2.026],
    ]);
  });

  test("has 50 flowers a species, and Fisher's rows 35 and 38", async () => {
    const { rows } = await loadCells('iris');
    expect(Object.fromEntries(classCounts(rows))).toEqual({ setosa: 50, versicolor: 50, virginica: 50 });
    expect(rows[34].join()).toBe('4.9,3.1,1.5,0.2,setosa');
    expect(rows[37].join()).toBe('4.9,3.6,1.4,0.1,setosa');
  });
});

describe('diabetes', () => {
  test('opens and closes as table 1 of Efron et al. (2004)', async () => {
    const { rows } = await loadCells('diabetes');
    expect(rows).toHaveLength(442);
    // The paper prints one decimal.
    const printed = (row: number): string => rows[row].map((cell) => Number(Number(cell).toFixed(1))).join();
    expect(printed(0)).toBe('59,2,32.1,101,157,93.2,38,4,4.9,87,151');
    expect(printed(1)).toBe('48,1,21.6,87,183,103.2,70,3,3.9,69,75');
    expect(printed(441)).toBe('36,1,19.6,71,250,133.2,97,3,4.6,92,57');
  });

  test('has the sums of load_diabetes(scaled=False), taken with NumPy', async () => {
    const { rows } = await loadCells('diabetes');
    expectSums(
      rows,
      [21445, 649, 11658.1, 41833.98, 83600, 51024.1, 22006.5, 1799.05, 2051.5036, 40337, 67243],
    );
    expect(rows.filter((row) => row[1] === '1')).toHaveLength(235);
  });

  test("is the table of scikit-learn's figures", async () => {
    const { rows } = await loadCells('diabetes');
    const testRows = new Set(diabetesMlp.testRows);
    expect(testRows.size).toBe(88);
    const targets = rows.map((row) => Number(row.at(-1)));
    const tested = targets.filter((_, row) => testRows.has(row));
    const mean = tested.reduce((sum, target) => sum + target, 0) / tested.length;
    const variance = tested.reduce((sum, target) => sum + (target - mean) ** 2, 0) / tested.length;
    // R² = 1 − mse / variance, so the two scores of each run give the variance of the rows they were taken on.
    for (const { r2, rmse } of [diabetesMlp.linearRegression, diabetesMlp.default, diabetesMlp.tuned]) {
      r2.forEach((score, run) => expect(rmse[run] ** 2 / (1 - score) / variance).toBeCloseTo(1, 3));
    }
  });
});

describe('digits', () => {
  test("has the class counts of UCI's optdigits.names", async () => {
    const { rows } = await loadCells('digits');
    const counts = classCounts(rows);
    const ofDigit = Array.from({ length: 10 }, (_, digit) => counts.get(String(digit)));
    expect(ofDigit).toEqual([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    expect(rows).toHaveLength(1797);
  });

  test('has the sums of load_digits(), taken with NumPy', async () => {
    const { header, rows } = await loadCells('digits');
    expect([header[0], header[8], header[23], header[63], header[64]]).toEqual([
      'pixel00',
      'pixel10',
      'pixel27',
      'pixel77',
      'digit',
    ]);
    const sums = columnSums(rows, 0, 64);
    expect(sums.slice(16, 24)).toEqual([5, 4675, 17796, 12566, 12755, 14028, 3214, 90]);
    expect(sums.slice(56)).toEqual([1, 502, 9987, 21724, 21221, 12155, 3716, 655]);
    expect(sums.reduce((total, sum) => total + sum, 0)).toBe(561718);
    const inkOf = (digit: number): number => {
      const images = rows.filter((row) => row[64] === String(digit));
      return columnSums(images, 0, 64).reduce((total, sum) => total + sum, 0);
    };
    expect(Array.from({ length: 10 }, (_, digit) => inkOf(digit))).toEqual([
      56415, 57007, 55566, 56151, 56239, 55915, 56336, 54289, 57408, 56392,
    ]);
  });

  test('opens with the image that scikit-learn prints', async () => {
    const { rows } = await loadCells('digits');
    const pixels = rows[0].slice(0, 64).map(Number);
    expect(pixels.slice(0, 16)).toEqual([0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0]);
    const levels = new Set(rows.flatMap((row) => row.slice(0, 64).map(Number)));
    expect([...levels].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 17 }, (_, level) => level));
  });
});

/** The rows and sums below were computed from the formulas with numpy.random.RandomState(1). */
const generated = [
  {
    id: 'spirals',
    first: [
      [0.4668, 0.0881, 0],
      [-0.7, -0.0791, 1],
      [0.3865, -0.1129, 0],
    ],
    last: [-6.5048, 0.1421, 1],
    sums: [0.6363, 1.0032, 200],
  },
  {
    id: 'circles',
    first: [
      [-1.6241, 0.7462, 0],
      [-0.4995, 0.7426, 1],
      [0.7025, 1.7901, 0],
    ],
    last: [0.6485, 0.988, 1],
    sums: [-6.8113, 17.5784, 200],
  },
] as const;

describe.each(generated)('$id', ({ id, first, last, sums }) => {
  test('are the points NumPy draws', async () => {
    const { rows } = await loadCells(id);
    expect(rows).toHaveLength(400);
    expect(rows.slice(0, 3).map((row) => row.map(Number))).toEqual(first);
    expect(rows[399].map(Number)).toEqual(last);
    expectSums(rows, sums);
  });

  test('keep the classes apart, so that all can be learned', async () => {
    const points = (await loadCells(id)).rows.map((row) => row.map(Number));
    let smallestGap = Infinity;
    for (const [x, y, label] of points) {
      for (const other of points) {
        if (other[2] === label) continue;
        smallestGap = Math.min(smallestGap, Math.hypot(x - other[0], y - other[1]));
      }
    }
    expect(smallestGap).toBeGreaterThan(0.4);
  });
});
