import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { errorLine } from '../../src/core/log.ts';
import { notebookRecord } from '../../src/core/notebook.ts';
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
  await expect(page.getByText(/agrees with float64|departs from float64/).first()).toBeAttached({
    timeout: 50_000,
  });
  await untilIdle(page);
});

test.afterAll(() => page.context().close());

/** Found and allowed, of the loss (relative) and of a parameter, as the page says them. */
async function readVerdict(): Promise<{ loss: number[]; parameter: number[] }> {
  await showDetails(page, 'Validation');
  const [loss, parameter] = (await rows(page, 'Validation')).map((row) => row.slice(1, 3).map(numberIn));
  return { loss, parameter };
}

test('the verdict holds, with its figures and its reason', async () => {
  const { loss, parameter } = await readVerdict();
  expect(loss[0]).toBeLessThanOrEqual(loss[1]);
  expect(parameter[0]).toBeLessThanOrEqual(parameter[1]);
  await expect(page.locator('validation-panel')).toContainText('rounded to float32 after every operation');
  await expect(page.locator('validation-panel')).toContainText('The gradients agree with finite differences');
  await expect(page.locator('result-card')).toContainText(
    /✓ Holds\.\s*WebGPU \(software\) agrees with float64/,
  );
});

test('both logs are on the page, the GPU’s digit for digit where its error cannot turn a digit', async () => {
  const [relative] = (await readVerdict()).loss;
  const cpu = await logLines(page, 'cpu');
  const gpu = await logLines(page, 'gpu');
  const expected = notebookRecord.losses.map((loss, index) => errorLine(index * 1000, loss));
  expect(cpu).toEqual(expected);
  expect(gpu).toHaveLength(10);
  let same = 0;
  notebookRecord.losses.forEach((loss, index) => {
    // The page gives the deviation in four digits; it is at most this.
    const error = relative * 1.001 * loss;
    const unit = 10 ** (Math.floor(Math.log10(loss)) - 6);
    const toBoundary = Math.abs(((loss / unit) % 1) - 0.5) * unit;
    if (toBoundary > error) expect(gpu[index]).toBe(expected[index]);
    expect(Math.abs(Number(gpu[index].split(': ')[1]) - loss)).toBeLessThanOrEqual(error + unit / 2);
    if (gpu[index] === expected[index]) same++;
  });
  console.log(
    `log lines of the GPU equal to the notebook's: ${same} of 10 (loss within ${relative}, relative)`,
  );
});

test('predictions and weights of both are on the page', async () => {
  const [parameterError] = (await readVerdict()).parameter;
  await showDetails(page, 'Weights');
  const finals = await page.locator('table[data-when=final] td').allInnerTexts();
  expect(finals).toHaveLength(18);
  notebookRecord.parameters.forEach((value, index) => {
    expect(Math.abs(numberIn(finals[index]) - value)).toBeLessThanOrEqual(0.51e-8);
    expect(Math.abs(numberIn(finals[9 + index]) - value)).toBeLessThanOrEqual(
      parameterError * 1.001 + 0.51e-8,
    );
  });
  await showDetails(page, 'Predictions');
  for (const run of ['CPU', 'WebGPU']) {
    await page.locator('predictions-panel').getByRole('radio', { name: run }).check({ force: true });
    const predictions = (await predictionRows(page, 4)).map((row) => numberIn(row[row.length - 2]));
    notebookRecord.predictions.forEach((value, index) =>
      expect(Math.abs(predictions[index] - value)).toBeLessThanOrEqual(run === 'CPU' ? 0.51e-6 : 1.51e-6),
    );
  }
});

test('the timing says who is faster, in one direction', async () => {
  await showDetails(page, 'Timing');
  const [cpu, gpu] = await rows(page, 'Timing');
  expect(gpu[0]).toContain('WebGPU (software) · layered');
  expect(gpu[0]).toContain('software');
  const speeds = [cpu, gpu].map((row) => numberIn(row[row.length - 1].replace(' ×', '')));
  expect(Math.min(...speeds)).toBe(1);
  const faster = speeds[0] >= speeds[1] ? 'CPU' : 'software adapter';
  const sentence = await resultText(page);
  if (Math.max(...speeds) > 1.1)
    expect(sentence).toContain(
      `the ${faster} is ${[cpu, gpu][speeds[0] >= speeds[1] ? 0 : 1].at(-1)} faster`,
    );
  expect(sentence).toContain('says nothing about a GPU');
});

test('axe finds nothing after training; screenshots at both widths, light and dark', async () => {
  await showDetails(page, 'Timing');
  await saveScreens(page, 'after');
  for (const tab of ['Predictions', 'Validation', 'Weights', 'Log', 'Notebook']) {
    await showDetails(page, tab);
    const { violations } = await new AxeBuilder({ page })
      .include(['handgrad-page', 'details-card'])
      .analyze();
    expect(violations).toEqual([]);
  }
});

test('nothing is wider than a phone, and the bar with Train stays in sight', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const top of [0, 1e6]) {
    await page.evaluate((y) => scrollTo(0, y), top);
    await expect(button(page, 'Train')).toBeInViewport({ ratio: 1 });
    await expect(page.getByRole('radio', { name: 'CPU', exact: true }).first()).toBeInViewport();
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});

test('neither a console message nor a request after the page had loaded', () => {
  expect(noise.messages).toEqual([]);
  expect(noise.lateRequests).toEqual([]);
});
