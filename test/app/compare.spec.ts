import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { errorLine } from '../../src/core/log.ts';
import { notebookRecord } from '../../src/core/notebook.ts';
import type { HandgradPage } from '../../src/app/handgrad-page.ts';
import {
  button,
  logLines,
  numberIn,
  openPage,
  predictionRows,
  resultText,
  rows,
  saveScreens,
  showDetails,
  untilIdle,
  type Noise,
} from './support.ts';

/** One Compare on the sample; every test below reads the page it leaves. */
test.describe.configure({ mode: 'serial' });

let page: Page;
let noise: Noise;

test.beforeAll(async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 980 } });
  page = await context.newPage();
  noise = await openPage(page);
  await button(page, 'Compare').click();
  await expect(page.getByText(/(agree|depart)s? (with|from) float64:/).first()).toBeAttached({
    timeout: 50_000,
  });
  await untilIdle(page);
});

test.afterAll(() => page.context().close());

interface ReadVerdict {
  readonly run: string;
  /** Found and allowed. */
  readonly loss: number[];
  readonly parameter: number[];
}

/** Of each GPU run, the loss (relative) and the parameters, as the page says them. */
async function readVerdicts(): Promise<{ layered: ReadVerdict; chosen: ReadVerdict }> {
  await showDetails(page, 'Checks');
  const found = await rows(page, 'Validation');
  expect(found).toHaveLength(6);
  const read = (at: number) => ({
    run: found[at][0],
    loss: found[at + 1].slice(1, 3).map(numberIn),
    parameter: found[at + 2].slice(1, 3).map(numberIn),
  });
  return { layered: read(0), chosen: read(3) };
}

test('each of the three networks can be used and downloaded', async () => {
  for (const tab of ['Use it', 'Download']) {
    await showDetails(page, tab);
    const choice = page.getByLabel('Network of');
    await expect(choice.locator('option')).toHaveCount(3);
    await choice.selectOption({ index: 0 });
    await expect(choice).toHaveJSProperty('selectedIndex', 0);
  }
});

test('the verdict holds, with its figures and its reason', async () => {
  const { layered, chosen } = await readVerdicts();
  await expect(page.locator('validation-panel .run').getByText('Holds.')).toHaveCount(2);
  for (const { loss, parameter } of [layered, chosen]) {
    expect(loss[0]).toBeLessThanOrEqual(loss[1]);
    expect(parameter[0]).toBeLessThanOrEqual(parameter[1]);
  }
  expect(layered.run).toContain('WebGPU (software) · layered');
  expect(chosen.run).toContain('WebGPU (software) · unrolled');
  await expect(page.locator('validation-panel')).toContainText('rounded to float32 after every operation');
  await expect(page.locator('validation-panel')).toContainText('The gradients agree with finite differences');
  await expect(page.locator('result-card')).toContainText(
    /✓ Holds\.\s*Both WebGPU \(software\) runs agree with float64: their losses within/,
  );
});

test('all logs are on the page, the GPU’s digit for digit where its error cannot turn a digit', async () => {
  const { layered, chosen } = await readVerdicts();
  const expected = notebookRecord.losses.map((loss, index) => errorLine(index * 1000, loss));
  expect(await logLines(page, 'cpu')).toEqual(expected);
  for (const [run, verdict] of [
    ['kernels', layered],
    ['gpu', chosen],
  ] as const) {
    const [relative] = verdict.loss;
    const lines = await logLines(page, run);
    expect(lines).toHaveLength(10);
    let same = 0;
    notebookRecord.losses.forEach((loss, index) => {
      // The page gives the deviation in four digits; it is at most this.
      const error = relative * 1.001 * loss;
      const unit = 10 ** (Math.floor(Math.log10(loss)) - 6);
      const toBoundary = Math.abs(((loss / unit) % 1) - 0.5) * unit;
      if (toBoundary > error) expect(lines[index]).toBe(expected[index]);
      expect(Math.abs(Number(lines[index].split(': ')[1]) - loss)).toBeLessThanOrEqual(error + unit / 2);
      if (lines[index] === expected[index]) same++;
    });
    console.log(
      `log lines equal to the notebook's, ${run}: ${same} of 10 (loss within ${relative}, relative)`,
    );
  }
});

test('predictions and weights of all three are on the page', async () => {
  const { layered, chosen } = await readVerdicts();
  // In the order of the page: CPU, kernel by kernel, the planner's choice.
  const errors = [0, layered.parameter[0], chosen.parameter[0]];
  await showDetails(page, 'Weights');
  const finals = await page.locator('table[data-when=final] td').allInnerTexts();
  expect(finals).toHaveLength(27);
  finals.forEach((text, index) => {
    const error = Math.abs(numberIn(text) - notebookRecord.parameters[index % 9]);
    expect(error).toBeLessThanOrEqual(errors[Math.floor(index / 9)] * 1.001 + 0.51e-8);
  });
  await showDetails(page, 'Predictions');
  for (const run of ['CPU', 'WebGPU · layered', 'WebGPU · unrolled']) {
    await page.locator('predictions-panel').getByRole('radio', { name: run }).check({ force: true });
    const predictions = (await predictionRows(page, 4)).map((row) => numberIn(row[row.length - 2]));
    notebookRecord.predictions.forEach((value, index) =>
      expect(Math.abs(predictions[index] - value)).toBeLessThanOrEqual(run === 'CPU' ? 0.51e-6 : 1.51e-6),
    );
  }
});

test('the timing says what a dispatch costs, in one direction', async () => {
  await showDetails(page, 'Timing');
  const found = await rows(page, 'Timing');
  expect(found.map(([run]) => run.split(/\s{2,}|\n/)[0])).toEqual([
    'CPU · float64',
    'WebGPU (software) · layered',
    'WebGPU (software) · unrolled',
  ]);
  const [cpu, layered, unrolled] = found.map((row) => row[row.length - 1]);
  expect(Math.min(...[cpu, layered, unrolled].map((speed) => numberIn(speed.replace(' ×', ''))))).toBe(1);
  // Ten thousand steps of 8 dispatches each.
  const sentence = await resultText(page);
  expect(sentence).toMatch(
    /Kernel by kernel, WebGPU \(software\) takes [\d.]+ m?s, since each of its 80,000 dispatches costs more than it computes/,
  );
  expect(sentence).toMatch(/many steps per dispatch take [\d.]+ m?s/);
  for (const speed of [cpu, unrolled]) expect(sentence).toContain(`${speed} as fast`);
  expect(sentence).toContain('says nothing about a GPU');
});

test('the chart has three curves, and a table behind them', async () => {
  await expect(page.locator('loss-card .runs > span')).toHaveText([
    'WebGPU (software) · unrolled',
    'WebGPU (software) · layered',
    'CPU · float64',
  ]);
  await expect(page.locator('loss-card')).toContainText(
    /at most [\d.]+e−\d+ \(layered, dashed\), [\d.]+e−\d+/,
  );
  await expect(page.locator('loss-card table thead th')).toHaveCount(4);
});

test('the self-test ran by itself, and can be repeated', async () => {
  await showDetails(page, 'Checks');
  const panel = page.locator('self-test-panel');
  const strategies = ['layered', 'unrolled', 'fused'].map((name) =>
    expect.stringMatching(new RegExp(`^${name}.*: agrees with float64`)),
  );
  for (const isRepeated of [false, true]) {
    if (isRepeated) await button(page, 'Self-test').click();
    await untilIdle(page);
    await expect(panel).toContainText(/Took [\d.]+ m?s, compiling included/);
    await expect(panel.getByText('Does not hold.')).toHaveCount(0);
    const tested = (await rows(page, 'Self-test')).map(([what]) => what);
    expect(tested).toEqual(expect.arrayContaining(strategies));
  }
});

test('a self-test is told line by line, whether it holds or not', async () => {
  const verdict = { lossStep: 7, allowedLoss: 4e-6, parameter: 1e-7, allowedParameter: 2e-6, reason: '' };
  const selfTest = {
    adapter: { vendor: 'a', architecture: 'b', description: '', isFallback: true },
    holds: false,
    testMs: 1234,
    compensation: { survives: true, error: 1e-14, allowed: 3.6e-11 },
    exponential: { largestUlp: 0.91, meanUlp: -0.01 },
    builtInExponential: { largestUlp: 2.3, meanUlp: 0.2 },
    strategies: [
      {
        plan: { strategy: 'unrolled', lanes: 1, sharing: 'none' },
        verdict: { ...verdict, loss: 1e-6, holds: true },
      },
      {
        plan: { strategy: 'unrolled', lanes: 4, sharing: 'workgroup' },
        verdict: { ...verdict, loss: 5e-6, holds: false },
      },
    ],
  };
  await showDetails(page, 'Checks');
  const before = await page.evaluate((made) => {
    const { state } = (document.querySelector('handgrad-page') as HandgradPage).page;
    const { selfTest: real } = state;
    state.update({ selfTest: made } as Parameters<typeof state.update>[0]);
    return real;
  }, selfTest);
  expect(await rows(page, 'Self-test')).toEqual([
    [expect.stringContaining('compensation survives'), '1.000e−14', '3.600e−11'],
    ['eˣ, handgrad’s own', '0.910 ulpmean −0.010', '1.50 ulp'],
    ['eˣ, built into WGSL', '2.30 ulpmean 0.20', '—'],
    ['unrolled, 1 lane: agrees with float64', '1.000e−6', '4.000e−6'],
    ['unrolled, 4 lanes by workgroup: agrees with float64', '5.000e−6', '4.000e−6'],
  ]);
  const panel = page.locator('self-test-panel');
  await expect(panel.getByText('Does not hold.')).toHaveCount(2);
  await expect(panel).toContainText('Took 1.234 s, compiling included.');
  expect(
    (await new AxeBuilder({ page }).include(['handgrad-page', 'details-card']).analyze()).violations,
  ).toEqual([]);
  await page.screenshot({ path: 'test-results/screens/self-test-1440-light.png', fullPage: true });
  await page.evaluate((real) => {
    const { state } = (document.querySelector('handgrad-page') as HandgradPage).page;
    state.update({ selfTest: real });
  }, before);
});

test('axe finds nothing after training; screenshots at both widths, light and dark', async () => {
  await showDetails(page, 'Timing');
  await saveScreens(page, 'after');
  for (const tab of ['Predictions', 'Checks', 'Weights', 'Log', 'Notebook']) {
    await showDetails(page, tab);
    const { violations } = await new AxeBuilder({ page })
      .include(['handgrad-page', 'details-card'])
      .analyze();
    expect(violations).toEqual([]);
  }
});

test('nothing is wider than a phone, and the bar with Train stays in sight', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const tab of ['Predictions', 'Timing', 'Checks', 'Weights']) {
    await showDetails(page, tab);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  }
  for (const top of [0, 1e6]) {
    await page.evaluate((y) => scrollTo(0, y), top);
    await expect(button(page, 'Train')).toBeInViewport({ ratio: 1 });
    await expect(page.getByRole('radio', { name: 'CPU', exact: true }).first()).toBeInViewport();
  }
});

test('neither a console message nor a request after the page had loaded', () => {
  expect(noise.messages).toEqual([]);
  expect(noise.lateRequests).toEqual([]);
});
