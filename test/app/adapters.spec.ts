import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import {
  button,
  logLines,
  numberIn,
  openFile,
  openPage,
  predictionRows,
  set,
  showDetails,
  train,
  untilIdle,
} from './support.ts';

test('a software adapter says what it is; the CPU is the default', async ({ page }) => {
  await openPage(page);
  await expect(page.locator('run-card')).toContainText('only through a software adapter');
  await expect(page.locator('run-card')).toContainText('its timings say nothing about a GPU');
  await expect(page.getByRole('radio', { name: 'CPU' })).toBeChecked();
  await expect(page.getByRole('radio', { name: 'WebGPU (software)' })).toBeEnabled();
  await expect(button(page, 'Compare')).toBeEnabled();
});

test('a worker that does not start says so', async ({ page }) => {
  await page.route(/training-worker/, (route) => route.abort());
  await page.goto('/');
  await expect(page.getByRole('alert')).toContainText('The training worker failed');
  await expect(button(page, 'Train')).toBeDisabled();
  // And goes on saying so, whatever is opened.
  await openFile(page, 'a,b\n1,2\n3,4\n');
  await expect(page.locator('table-card')).not.toContainText('Reading');
  await expect(page.getByRole('alert')).toContainText('The training worker failed');
});

test('an adapter in hardware is the default, and its speed is spoken of as a GPU’s', async ({ page }) => {
  // The worker asks, so the worker is told that the software adapter is none.
  await page.route(/training-worker/, async (route) => {
    const response = await route.fetch();
    const info = `{ vendor: 'acme', architecture: 'anvil', description: '', isFallbackAdapter: false }`;
    const script = `Object.defineProperty(GPUAdapter.prototype, 'info', { get: () => (${info}) });`;
    await route.fulfill({ response, body: `${script}\n${await response.text()}` });
  });
  await openPage(page);
  await expect(page.getByRole('radio', { name: 'GPU' })).toBeChecked();
  await expect(page.locator('page-header')).toContainText('acme · anvil');
  await expect(page.locator('run-card')).not.toContainText('adapter');
  await set(page, 'Steps', '300');
  await button(page, 'Train').click();
  await untilIdle(page);
  await expect(page.locator('result-card')).toContainText('Compare holds it against float64');
  await button(page, 'Compare').click();
  await expect(page.locator('result-card')).toContainText('Both GPU runs agree with float64');
  await untilIdle(page);
  await expect(page.locator('result-card')).toContainText(/Kernel by kernel, GPU takes .*2,400 dispatches/);
  await expect(page.locator('result-card')).not.toContainText('software adapter');
});

/** A run kernel by kernel of several seconds, chosen where it can be chosen: beside a first run's timing. */
async function prepareLongRun(page: Page, steps: string): Promise<void> {
  await page.getByRole('radio', { name: 'WebGPU (software)' }).check({ force: true });
  await set(page, 'Steps', '10');
  await train(page);
  await showDetails(page, 'Timing');
  await page.getByRole('combobox', { name: 'Strategy of the GPU path' }).selectOption('layered');
  await set(page, 'Steps', steps);
}

/** Everything a run of this job leaves on the page that a digit could differ in. */
async function readRun(page: Page): Promise<{ log: string[]; weights: string[]; predictions: string[][] }> {
  const log = await logLines(page, 'gpu');
  await showDetails(page, 'Weights');
  const weights = await page.locator('table[data-when=final] td').allInnerTexts();
  await showDetails(page, 'Predictions');
  return { log, weights, predictions: await predictionRows(page, 4) };
}

async function stepCount(page: Page): Promise<number> {
  return Number(await page.getByRole('progressbar').getAttribute('aria-valuenow'));
}

/** A browser of its own: after a second crash it would have no adapter left for the tests that follow. */
const ownBrowser = test.extend<{ page: Page }>({
  page: async ({ playwright, baseURL, launchOptions }, use) => {
    const browser = await playwright.chromium.launch(launchOptions);
    const context = await browser.newContext({ ...(baseURL !== undefined && { baseURL }) });
    await use(await context.newPage());
    await browser.close();
  },
});

async function crashGpu(page: Page): Promise<void> {
  const session = await page.context().browser()?.newBrowserCDPSession();
  // The answer never comes: the process that would give it is gone.
  session?.send('Browser.crashGpuProcess').catch(() => {});
}

ownBrowser(
  'a sweep whose device is lost loses no network, and ends as an undisturbed one',
  async ({ page }) => {
    test.setTimeout(150_000);
    const noise = await openPage(page);
    await page.getByRole('link', { name: 'Sweep' }).click();
    await page.getByLabel('Seeds', { exact: true }).fill('1..512');
    await page.getByLabel('Learning rate', { exact: true }).fill('0.01/0.1/0.5/1');
    const sweep = page.locator('sweep-view');
    await sweep.getByRole('radio', { name: 'WebGPU (software)' }).check({ force: true });
    const over = { timeout: 60_000 };
    const csvOf = async () => {
      const download = page.waitForEvent('download');
      await button(page, 'Save as CSV').click();
      return (await (await (await download).createReadStream()).toArray()).join('');
    };
    await button(page, 'Sweep').click();
    await expect(sweep.getByRole('button', { name: 'Save as CSV' })).toBeEnabled(over);
    const undisturbed = await csvOf();
    expect(undisturbed.trim().split('\n')).toHaveLength(2049);

    await button(page, 'Sweep').click();
    await expect(sweep.locator('sweep-progress')).toContainText(
      /0\sof\s2,048\snetworks[^]*M\sof\s20\.5\sM\ssteps/,
    );
    await crashGpu(page);
    await expect(page.locator('notice-bar')).toContainText('The GPU device was lost', { timeout: 20_000 });
    await expect(button(page, 'Sweep')).toBeVisible(over);
    expect(await csvOf()).toBe(undisturbed);
    expect(noise.messages.filter((message) => !message.startsWith('warning'))).toEqual([]);
  },
);

ownBrowser('a run whose device is lost goes on, and ends as an undisturbed one', async ({ page }) => {
  test.setTimeout(150_000);
  const noise = await openPage(page);
  await prepareLongRun(page, '10,000');
  await train(page);
  const undisturbed = await readRun(page);

  await button(page, 'Train').click();
  // When each step count was seen: what the snapshot is measured by.
  const seen: { at: number; step: number }[] = [];
  while ((seen.at(-1)?.step ?? 0) < 4_000) {
    seen.push({ at: performance.now(), step: await stepCount(page) });
    await page.waitForTimeout(20);
  }
  const crashedAt = performance.now();
  await crashGpu(page);
  const notice = page.locator('notice-bar').getByText('The GPU device was lost at step');
  await expect(notice).toBeVisible({ timeout: 20_000 });
  const sentence = await notice.innerText();
  await untilIdle(page, 60_000);
  expect(await readRun(page)).toEqual(undisturbed);
  await expect(page.getByText('10,000 / 10,000 steps')).toBeVisible();

  expect(sentence).toMatch(/lost at step [\d,]+; the run went on from step [\d,]+ on a new one\.$/);
  const [lostAtStep, resumedFromStep] = [...sentence.matchAll(/[\d,]{2,}/g)].map(([text]) => numberIn(text));
  const keptAt = seen.findLast(({ step }) => step <= resumedFromStep)?.at ?? 0;
  console.log(
    `recovery: ${JSON.stringify({ lostAtStep, resumedFromStep })}; the snapshot was ` +
      `${Math.round(crashedAt - keptAt)} ms old`,
  );
  expect(resumedFromStep).toBeGreaterThan(0);
  expect(lostAtStep).toBeGreaterThan(resumedFromStep);
  // Kept once a second; a chunk on its way, and the tenth of a second between two reports.
  expect(crashedAt - keptAt).toBeLessThan(1_500);
  expect(noise.messages).toEqual([]);
});

ownBrowser('a run that cannot go on keeps its curve, and the CPU finishes it', async ({ page }) => {
  test.setTimeout(150_000);
  const noise = await openPage(page);
  await prepareLongRun(page, '30,000');
  await button(page, 'Train').click();
  await expect.poll(() => stepCount(page), { timeout: 40_000 }).toBeGreaterThan(3_000);
  await crashGpu(page);
  await expect(page.locator('notice-bar')).toContainText('on a new one', { timeout: 20_000 });
  const resumed = await stepCount(page);
  await expect.poll(() => stepCount(page), { timeout: 40_000 }).toBeGreaterThan(resumed + 2_000);
  await crashGpu(page);
  await expect(page.getByRole('alert').filter({ hasText: 'Error.' })).toContainText(
    /no other could be had.*Its last snapshot, at step [\d,]+, is kept/,
    { timeout: 30_000 },
  );
  await untilIdle(page);
  await expect(page.locator('result-card')).toContainText('lost its device');
  await expect(page.locator('loss-card .runs > span')).toHaveCount(1);
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.screenshot({ path: 'test-results/screens/lost-1440-light.png', fullPage: true });

  await button(page, 'Continue on the CPU').click();
  await expect(page.getByText('30,000 / 30,000 steps')).toBeVisible({ timeout: 30_000 });
  await untilIdle(page);
  await expect(page.locator('result-card')).toContainText(
    /the CPU went on from step [\d,]+ and finished at a loss of/,
  );
  await expect(page.locator('loss-card .runs')).toContainText(/CPU · float64 from step [\d,]+/);
  await page.screenshot({ path: 'test-results/screens/continued-1440-light.png', fullPage: true });

  // And the page goes on being of use.
  await set(page, 'Steps', '100');
  await train(page);
  await expect(page.locator('result-card')).toContainText('The gradients agree with finite differences');
  expect(noise.messages).toEqual([]);
});
