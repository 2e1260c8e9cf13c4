import { expect, test, type Locator, type Page } from '@playwright/test';
import { AxeBuilder } from '@axe-core/playwright';
import { errorLine } from '../../src/core/log.ts';
import { notebookRecord } from '../../src/core/notebook.ts';
import { NumpyRandom } from '../../src/core/numpy-random.ts';
import { loopByHand, sigmoid, stepByHand, tanh, type SmallNetwork } from '../support/notebook-by-hand.ts';
import { button, numberIn, openPage, region, rows, saveScreens } from './support.ts';

const headings = {
  data: 'The table, as numbers',
  perceptron: 'One unit',
  activation: 'The activation of the hidden layer',
  weights: 'Where the weights start',
  forward: 'One pass forward',
  error: 'One answer and its target',
  'phase-one': 'Phase 1, for all four rows',
  'phase-two': 'Phase 2, and one weight moved by hand',
  loop: 'Train',
  pytorch: 'The program, and what it printed',
  agreement: 'Four programs, one table',
} as const;
type CellName = keyof typeof headings;
const derivativeNames = ['dE/df', 'df/dy', 'dE/dy', 'dE/dw', 'dE/dg', 'dg/dŷ', 'dE/dŷ', 'dE/dv'] as const;

const orRows = [
  [0, 0, 0],
  [0, 1, 1],
  [1, 0, 1],
  [1, 1, 1],
];

/** What the software adapter may differ by in the figures shown; the page holds it to a derived bound itself. */
const FLOAT32_SHOWN = 2e-6;

async function openNotebook(page: Page) {
  const noise = await openPage(page);
  await page.getByRole('link', { name: 'Notebook' }).click();
  await expect(matrix(page, 'dE/dv')).toBeVisible();
  return noise;
}

function cell(page: Page, name: CellName): Locator {
  return page.locator(`notebook-cell[name=${name}]`);
}

async function run(page: Page, name: CellName): Promise<void> {
  await button(page, `Run: ${headings[name]}`).click();
  await expect(cell(page, name).getByRole('status')).not.toHaveText(/^(Training …)?$/, { timeout: 45_000 });
}

function matrix(page: Page, id: string): Locator {
  return page.locator(`table[data-matrix="${id}"]`);
}

async function setField(page: Page, field: string, value: string): Promise<void> {
  const box = page.locator(`[data-field="${field}"]`);
  if (field === 'activation') await box.selectOption({ label: value });
  else {
    await box.fill(value);
    await box.blur();
  }
}

async function numbersIn(table: Locator): Promise<number[]> {
  return (await table.locator('tbody td').allInnerTexts()).map(numberIn);
}

/** Half of the last digit shown, and a rounding. */
async function expectShown(table: Locator, expected: readonly number[], decimals: number): Promise<void> {
  const shown = await numbersIn(table);
  expect(shown).toHaveLength(expected.length);
  shown.forEach((value, i) =>
    expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(0.5 * 10 ** -decimals + 1e-12),
  );
}

/** Every matrix of the pass forward and of both phases is the one by hand. */
async function expectStep(page: Page, network: SmallNetwork): Promise<void> {
  const { matrices, error } = stepByHand(network);
  for (const id of ['ŷ', 'g', 'y', 'f'] as const) await expectShown(matrix(page, id), matrices[id].flat(), 6);
  for (const id of derivativeNames) await expectShown(matrix(page, id), matrices[id].flat(), 8);
  const [[, , , shown]] = await rows(page, 'Error at step 0');
  expect(Math.abs(numberIn(shown) - error)).toBeLessThanOrEqual(0.5e-7);
  for (const letter of ['w', 'v'] as const) {
    const ours = (await rows(page, `dE/d${letter} at step 0, recorded and ours`)).map((row) =>
      numberIn(row[3]),
    );
    matrices[`dE/d${letter}`]
      .flat()
      .forEach((value, i) => expect(Math.abs(value - ours[i])).toBeLessThanOrEqual(0.5e-8 + 1e-12));
  }
}

function drawn(seed: number, units: number): Pick<SmallNetwork, 'v' | 'w'> {
  const random = new NumpyRandom(seed);
  const row = () => Array.from({ length: units }, () => random.rand());
  return { v: [row(), row()], w: row() };
}

async function finiteDifferences(page: Page): Promise<number[]> {
  const lines = await page.locator('.matrix p', { hasText: 'finite difference' }).allInnerTexts();
  return lines.map((line) => numberIn(line.match(/at most (\S+)/)?.[1] ?? ''));
}

test('reads without running, and Run all reproduces the notebook', async ({ page }) => {
  const noise = await openNotebook(page);
  // Everything a step computes stands there, and nothing was trained.
  const network = { rows: orRows, ...drawn(1, 3), hidden: sigmoid };
  await expectStep(page, network);
  await expect(page.locator('[data-note=initial]')).toHaveCount(11);
  await expect(page.locator('notebook-cell details[open]')).toHaveCount(8);
  await expect(page.locator('pre[data-log]')).toHaveCount(0);
  for (const row of await rows(page, 'Every recorded figure')) {
    expect(row[1]).toBe(row[2]);
    expect(row[3]).toBe('—');
  }

  await button(page, 'Run all').click();
  await expect(cell(page, 'agreement')).toContainText('in float32, agrees with our float64', {
    timeout: 45_000,
  });
  await expect(page.locator('[data-note=ran]')).toHaveCount(8);
  await expect(page.locator('[data-note]')).toHaveCount(8);
  await expectStep(page, network);
  const differences = await finiteDifferences(page);
  expect(differences).toHaveLength(8);
  expect(Math.max(...differences)).toBeLessThan(1e-10);

  const lines = notebookRecord.losses.map((loss, index) => errorLine(index * 1000, loss));
  expect((await page.locator('pre[data-log=cpu]').innerText()).split('\n')).toEqual(lines);
  for (const who of ['pytorch', 'ours'])
    expect((await page.locator(`pre[data-lines=${who}]`).innerText()).split('\n')).toEqual(lines);
  await expect(cell(page, 'pytorch')).toContainText('All ten lines are the same');
  expect(await cell(page, 'agreement').locator('verdict-mark strong').allInnerTexts()).toEqual([
    '✓ Holds.',
    '✓ Holds.',
  ]);

  const starts = await rows(page, 'Starting weights');
  expect(starts.map((row) => row[3])).toEqual(
    notebookRecord.initialParameters.map((value) => value.toFixed(8)),
  );
  const figures = await rows(page, 'Every recorded figure');
  expect(figures).toHaveLength(10 + 9 + 9 + 4);
  const recorded = [
    ...notebookRecord.losses,
    ...notebookRecord.gradients,
    ...notebookRecord.parameters,
    ...notebookRecord.predictions,
  ];
  figures.forEach(([, numpy, pytorch, float64, gpu], i) => {
    expect([pytorch, float64]).toEqual([numpy, numpy]);
    // Six digits behind the point at the least.
    expect(Math.abs(numberIn(numpy) - recorded[i])).toBeLessThanOrEqual(0.5e-6);
    expect(Math.abs(numberIn(gpu) - recorded[i])).toBeLessThanOrEqual(FLOAT32_SHOWN);
  });
  const afterwards = await rows(page, 'Weights and predictions after the loop');
  expect(afterwards.map((row) => row[3])).toEqual(figures.slice(19).map((row) => row[3]));
  expect(noise.messages).toEqual([]);
});

test('what is changed flows on, and every figure follows', async ({ page }) => {
  await openNotebook(page);
  await setField(page, 'row 3 2', '0');
  await setField(page, 'row 1 0', '-0.75');
  await expect(cell(page, 'forward').locator('[data-note=stale]')).toBeVisible();
  await expect(cell(page, 'error').locator('[data-note=initial]')).toBeVisible();
  await setField(page, 'activation', 'tanh');
  await setField(page, 'seed', '2');
  await setField(page, 'units', '2');
  await setField(page, 'weight 5', '−0.5');
  // What was not run still shows the notebook's values.
  await expectStep(page, { rows: orRows, ...drawn(1, 3), hidden: sigmoid });

  for (const name of ['data', 'weights', 'forward', 'phase-one', 'phase-two'] as const) await run(page, name);
  const changedRows = orRows.map((row) => [...row]);
  changedRows[3][2] = 0;
  changedRows[1][0] = -0.75;
  const { v, w } = drawn(2, 2);
  const network = { rows: changedRows, v, w: [w[0], -0.5], hidden: tanh };
  await expectStep(page, network);
  expect(Math.max(...(await finiteDifferences(page)))).toBeLessThan(1e-9);
  await expect(cell(page, 'phase-two').locator('[data-note=changed]')).toContainText('no longer applies');
  await expectShown(
    matrix(page, 'x'),
    changedRows.flatMap((row) => row.slice(0, 2)),
    8,
  );
  const starts = (await rows(page, 'Starting weights')).map((row) => numberIn(row[3]));
  [...v.flat(), ...network.w].forEach((value, i) => expect(starts[i]).toBeCloseTo(value, 8));

  await setField(page, 'rate', '0.4');
  await setField(page, 'steps', '500');
  await run(page, 'loop');
  const byHand = loopByHand(network, 0.4, 500);
  const expected = Array.from({ length: 10 }, (_, i) => errorLine(50 * i, byHand.losses[50 * i]));
  expect((await page.locator('pre[data-log=cpu]').innerText()).split('\n')).toEqual(expected);
  const figures = [...byHand.parameters, ...byHand.predictions];
  const shown = async (column: number) =>
    (await rows(page, 'Weights and predictions after the loop')).map((row) => numberIn(row[column]));
  (await shown(3)).forEach((value, i) => expect(Math.abs(value - figures[i])).toBeLessThanOrEqual(0.5e-6));
  await expect(region(page, 'Weights and predictions after the loop').locator('th.off')).toHaveCount(2);
  await expect(region(page, 'Program for PyTorch')).toContainText('torch.nn.Tanh()');
  await expect(region(page, 'Program for PyTorch')).toContainText('for step in range(500)');

  await cell(page, 'loop').locator('label', { hasText: 'WebGPU' }).click();
  await run(page, 'loop');
  await expect(cell(page, 'loop')).toContainText('in float32, agrees with our float64', { timeout: 45_000 });
  (await shown(4)).forEach((value, i) =>
    expect(Math.abs(value - figures[i])).toBeLessThanOrEqual(FLOAT32_SHOWN),
  );

  await button(page, 'Reset').click();
  await expect(page.locator('[data-note=initial]')).toHaveCount(11);
  await expect(page.locator('[data-field="row 3 2"]')).toHaveValue('1');
  await expectStep(page, { rows: orRows, ...drawn(1, 3), hidden: sigmoid });
});

test('the small cells answer for what stands in them', async ({ page }) => {
  await openNotebook(page);
  for (const [field, value] of [
    ['w1', '0.5'],
    ['w2', '−2'],
    ['b', '0.25'],
    ['x1', '3'],
    ['x2', '0.125'],
  ])
    await setField(page, field, value);
  await run(page, 'perceptron');
  const outputs = (await rows(page, 'What the unit says')).map((row) => [numberIn(row[3]), row[4]]);
  const byHand = [...orRows, [3, 0.125]].map(([x1, x2]) => 0.5 * x1 - 2 * x2 + 0.25);
  expect(outputs).toEqual(byHand.map((y) => [y, y > 0 ? 'yes' : 'no']));

  await setField(page, 'point', '-1.5');
  await setField(page, 'activation', 'tanh');
  await run(page, 'activation');
  const [value, slope, difference] = await numbersIn(matrix(page, 'activation'));
  expect(value).toBeCloseTo(Math.tanh(-1.5), 8);
  expect(slope).toBeCloseTo(1 - Math.tanh(-1.5) ** 2, 8);
  expect(difference).toBeCloseTo(slope, 7);

  await setField(page, 'f', '0.999');
  await setField(page, 'f0', '0');
  await run(page, 'error');
  await expectShown(matrix(page, 'error'), [0.999 ** 2, 1.998, 0.999 * 0.001, 1.998 * 0.999 * 0.001], 6);

  await page.locator('[data-field=moved]').selectOption({ label: 'v₂₂' });
  await setField(page, 'h', '0.5');
  await run(page, 'phase-two');
  const { v, w } = drawn(1, 3);
  const errorAt = (change: number) => {
    const moved = [v[0], v[1].map((each, j) => (j === 1 ? each + change : each))];
    return stepByHand({ rows: orRows, v: moved, w, hidden: tanh }).error;
  };
  const [above, below, quotient, gradient] = await numbersIn(matrix(page, 'moved'));
  expect(above).toBeCloseTo(errorAt(0.5), 11);
  expect(below).toBeCloseTo(errorAt(-0.5), 11);
  expect(quotient).toBeCloseTo(errorAt(0.5) - errorAt(-0.5), 7);
  const { matrices } = stepByHand({ rows: orRows, v, w, hidden: tanh });
  expect(gradient).toBeCloseTo(matrices['dE/dv'][1][1], 7);

  // What cannot be taken is refused with a sentence, where it stands and where it is needed.
  await setField(page, 'rate', 'fast');
  await expect(cell(page, 'loop').getByRole('alert')).toContainText('The learning rate must be a number');
  await button(page, 'Run: Train').click();
  await expect(cell(page, 'loop').getByRole('status')).toContainText('Not run: The learning rate');
  await expect(page.locator('pre[data-log]')).toHaveCount(0);
});

test('on a phone code is folded away, and whoever presses Run sees what comes of it', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 600 });
  await openNotebook(page);
  await expect(page.locator('notebook-cell details')).toHaveCount(8);
  await expect(page.locator('notebook-cell details[open]')).toHaveCount(0);
  // Not by the click, which would bring the button into the middle of the screen first.
  const runButton = button(page, `Run: ${headings.weights}`);
  await runButton.evaluate((element) => element.scrollIntoView({ block: 'end' }));
  const output = cell(page, 'weights').locator('[data-part=output] .notes');
  await expect(output).not.toBeInViewport();
  await runButton.click();
  await expect(output).toBeInViewport();
});

test('is read on a phone and on a desk, in either scheme, and gone through by keyboard', async ({ page }) => {
  test.setTimeout(120_000);
  await openNotebook(page);
  await setField(page, 'row 0 0', '0.5');
  await button(page, 'Run all').click();
  await expect(cell(page, 'agreement')).toContainText('agrees with our float64', { timeout: 45_000 });
  for (const width of [390, 1440]) {
    await page.setViewportSize({ width, height: 844 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  }
  await saveScreens(page, 'notebook');
  // Colours of what was not run are looked at, too.
  await button(page, 'Reset').click();
  await page.emulateMedia({ colorScheme: 'light' });
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);

  const link = page.getByRole('link', { name: 'The loop' });
  await link.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'The loop' })).toBeFocused();
  await expect(page.getByRole('heading', { name: 'The loop' })).toBeInViewport();
  await page.keyboard.press('Tab');
  await expect(button(page, 'Run: Train')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(cell(page, 'loop').getByRole('status')).toContainText('Trained 10,000 steps', {
    timeout: 45_000,
  });
  expect(page.url()).toMatch(/#notebook$/);
});
