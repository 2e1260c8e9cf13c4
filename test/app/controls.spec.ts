import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import {
  button,
  choose,
  logLines,
  openFile,
  openPage,
  openSample,
  region,
  saveScreens,
  set,
  showDetails,
  train,
  untilIdle,
} from './support.ts';

/** Long enough that no test sees its end. */
const MANY_STEPS = '20,000,000';

async function stepCount(page: Page): Promise<number> {
  return Number(await page.getByRole('progressbar').getAttribute('aria-valuenow'));
}

test('Step, Continue, Pause, Stop and Reset', async ({ page }) => {
  await openPage(page);
  await set(page, 'Steps', MANY_STEPS);

  await button(page, 'Step').click();
  await expect(button(page, 'Continue')).toBeEnabled();
  expect(await stepCount(page)).toBe(1);
  await button(page, 'Step').click();
  await expect(page.getByText(`2 / ${MANY_STEPS} steps · paused`)).toBeVisible();
  expect(await logLines(page, 'cpu')).toEqual(['error at step     0: 1.960156e-01']);

  await button(page, 'Continue').click();
  await expect(page.getByText(/ left$/)).toBeVisible();
  await button(page, 'Pause').click();
  await expect(button(page, 'Continue')).toBeEnabled();
  const paused = await stepCount(page);
  expect(paused).toBeGreaterThan(2);
  await page.waitForTimeout(300);
  expect(await stepCount(page)).toBe(paused);

  // The settings belong to the run until it is over.
  await expect(page.getByRole('textbox', { name: 'Steps', exact: true })).toBeDisabled();
  await button(page, 'Continue').click();
  await expect.poll(() => stepCount(page)).toBeGreaterThan(paused);
  await button(page, 'Stop').click();
  await untilIdle(page);
  await expect(page.locator('result-card')).toContainText(/Stopped after [\d,]+ of 20,000,000 steps/);
  await expect(page.getByRole('textbox', { name: 'Steps', exact: true })).toBeEnabled();

  // What was stopped goes on, and nothing of it is lost.
  const stopped = await stepCount(page);
  await button(page, 'Step').click();
  await expect(button(page, 'Continue')).toBeEnabled();
  expect(await stepCount(page)).toBe(stopped + 1);
  await button(page, 'Stop').click();
  await untilIdle(page);

  await button(page, 'Reset').click();
  await expect(page.locator('result-card')).toBeHidden();
  await expect(page.getByText('Press Train: the loss of every step appears here.')).toBeVisible();
  expect(await stepCount(page)).toBe(0);

  // A run that is over is not thrown away for one step of another.
  await set(page, 'Steps', '20');
  await train(page);
  await expect(button(page, 'Step')).toBeDisabled();
  await set(page, 'Learning rate', '0.5');
  await button(page, 'Step').click();
  await expect(page.getByText('1 / 20 steps · paused')).toBeVisible();
});

test('Reset ends a run that is training', async ({ page }) => {
  await openPage(page);
  await set(page, 'Steps', MANY_STEPS);
  await button(page, 'Train').click();
  await expect(button(page, 'Pause')).toBeEnabled();
  await button(page, 'Reset').click();
  await expect(page.locator('result-card')).toBeHidden();
  await expect(button(page, 'Train')).toBeEnabled();
});

test('everything by keyboard: Enter trains, Escape pauses and then stops', async ({ page }) => {
  await openPage(page);
  // Table, network, then the path and Train: the order on the page.
  const order: string[] = [];
  for (let i = 0; i < 17; i++) {
    await page.keyboard.press('Tab');
    order.push(
      await page.evaluate(() => {
        let element = document.activeElement;
        while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
        const name = element?.textContent?.trim() || element?.parentElement?.textContent?.trim();
        return name?.split(/\s{2,}|\n| \d/)[0] ?? '';
      }),
    );
  }
  const pages = ['Train', 'Inside', 'By hand', 'Notebook', 'Sweep', 'Bench'];
  const controls = [
    'Open file',
    'Paste',
    'Samples',
    'Columns',
    'Source and licence',
    'Remember on this device',
    'Settings',
    'CPU',
    'Train',
    'Compare',
    'Step',
  ];
  expect(order).toEqual([...pages, ...controls]);

  // Settings by keyboard, and Enter in a field trains with what was written.
  await page.locator('settings-form summary').first().focus();
  await page.keyboard.press('Enter');
  await page.getByRole('textbox', { name: 'Steps', exact: true }).focus();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type(MANY_STEPS);
  await page.keyboard.press('Enter');
  await expect(button(page, 'Pause')).toBeEnabled();
  await page.keyboard.press('Escape');
  await expect(button(page, 'Continue')).toBeEnabled();
  await page.keyboard.press('Enter');
  await expect(button(page, 'Pause')).toBeEnabled();
  await page.keyboard.press('Escape');
  await expect(button(page, 'Continue')).toBeEnabled();
  await page.keyboard.press('Escape');
  await untilIdle(page);

  // Arrow keys go through the parts of the Details.
  await showDetails(page, 'Timing');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('tab', { name: 'Predictions' })).toBeFocused();
  await page.keyboard.press('End');
  await expect(page.getByRole('tab', { name: 'Log' })).toBeFocused();

  // A field term explains itself when it gets the focus.
  await showDetails(page, 'Timing');
  await page.locator('field-term').filter({ hasText: 'readback' }).getByRole('button').focus();
  await expect(page.getByText('Fetching losses, parameters and predictions.')).toBeVisible();
});

test('the path is remembered by the run: a second press replaces it, another path joins it', async ({
  page,
}) => {
  await openPage(page);
  await set(page, 'Steps', '200');
  const legend = page.locator('loss-card .runs > span');
  await button(page, 'Train').click();
  await untilIdle(page);
  await button(page, 'Train').click();
  await untilIdle(page);
  await expect(legend).toHaveCount(1);
  await page.getByRole('radio', { name: 'WebGPU (software)' }).check({ force: true });
  await button(page, 'Train').click();
  await expect(legend).toHaveCount(2);
  await untilIdle(page);
  // Both are over and of one job: they are held against each other unasked.
  await expect(page.locator('result-card')).toContainText('agrees with float64');
  await set(page, 'Steps', '100');
  await button(page, 'Train').click();
  await untilIdle(page);
  await expect(legend).toHaveCount(1);
});

test('axe finds nothing before training; screenshots at both widths, light and dark', async ({ page }) => {
  await openPage(page);
  await saveScreens(page, 'before');
  // With the settings open, one of them wrong, and the paste dialog.
  await set(page, 'Steps', 'many');
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await button(page, 'Paste').click();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
});

test('a target that the output activation cannot reach is said, until it can', async ({ page }) => {
  await openPage(page);
  const advice = page.locator('run-card .advice');
  await expect(advice).toHaveCount(0);
  await openFile(page, 'a,b\n1,-2.5\n2,18\n');
  await expect(advice).toHaveCount(0);
  await choose(page, 'Scaling', 'none');
  await choose(page, 'Output activation', 'sigmoid');
  await expect(advice).toContainText(
    /The target runs from −2\.5 to [\d.]+, but the outputs of sigmoid are from 0 to 1\./,
  );
  await button(page, 'Use linear').click();
  await expect(advice).toHaveCount(0);
  await expect(page.getByRole('combobox', { name: 'Output activation' })).toHaveValue('linear');
  // A table of one's own starts with biases, the notebook's without.
  const biases = page.getByRole('checkbox', { name: 'Biases' });
  await expect(biases).toBeChecked();
  // Kernel by kernel is for the sample: here Compare is of two.
  await set(page, 'Steps', '200');
  await button(page, 'Compare').click();
  await untilIdle(page);
  await expect(page.locator('loss-card .runs > span')).toHaveCount(2);
  await openSample(page, 'OR');
  await expect(biases).not.toBeChecked();
});

test('the strategy of the GPU path can be chosen; the plan and its reason are on the page', async ({
  page,
}) => {
  const noise = await openPage(page);
  await set(page, 'Steps', '300');
  await page.getByRole('radio', { name: 'WebGPU (software)' }).check({ force: true });
  await button(page, 'Train').click();
  await untilIdle(page);
  await showDetails(page, 'Timing');
  const strategy = page.getByRole('combobox', { name: 'Strategy of the GPU path' });
  const plans = page.getByRole('list', { name: 'Plans' });
  await expect(strategy).toHaveValue('auto');
  await expect(plans).toContainText(/unrolled, .*(estimated|measured) .* for 300 steps/);
  for (const name of ['layered', 'unrolled']) {
    await strategy.selectOption(name);
    await button(page, 'Train').click();
    await untilIdle(page);
    await expect(region(page, 'Timing')).toContainText(`WebGPU (software) · ${name}`);
    await expect(plans).toContainText(`the best of ${name}`);
  }
  // A network that is too long to be written out: the refusal says so, with the numbers.
  await set(page, 'Hidden layers, units', '400');
  await button(page, 'Train').click();
  await expect(page.getByRole('alert').filter({ hasText: 'Error.' })).toContainText(
    /The unrolled path writes out at most [\d,]+ statements.*Use the layered/,
  );
  expect(noise.messages).toEqual([]);
});

test('results of earlier settings say so; the summary of the settings is always a valid one', async ({
  page,
}) => {
  await openPage(page);
  const result = page.locator('result-card');
  await set(page, 'Steps', '200');
  await button(page, 'Train').click();
  await untilIdle(page);
  await expect(result).not.toContainText('earlier settings');
  await set(page, 'Learning rate', '0.1');
  await expect(result).toContainText(
    'Of earlier settings: 3 hidden units · no biases · rate 0.05 · 200 steps · seed 1.',
  );
  await expect(page.locator('loss-card h2')).toContainText('of earlier settings');
  await set(page, 'Learning rate', '0.05');
  await expect(result).not.toContainText('earlier settings');
  const summary = page.locator('settings-form summary').first();
  await set(page, 'Learning rate', '-7');
  await set(page, 'Hidden layers, units', 'many');
  await expect(summary).toContainText('3 hidden units · no biases · rate 0.05');
});

test('on a phone Compare, Step, Stop and Reset are in reach, and a full bar is as wide as its track', async ({
  page,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openPage(page);
  await set(page, 'Steps', '200');
  await button(page, 'Train').click();
  await untilIdle(page);
  for (const name of ['Train', 'Compare', 'Step', 'Stop', 'Reset']) {
    await expect(button(page, name)).toBeInViewport({ ratio: 1 });
  }
  const track = await page.getByRole('progressbar').boundingBox();
  const fill = await page.locator('run-card .fill').boundingBox();
  expect(track?.width).toBe(390 - 24);
  expect(fill?.width).toBe(track?.width);
  await page.evaluate(() => scrollTo(0, 1e6));
  await expect(page.locator('details-card')).toBeInViewport();
});
