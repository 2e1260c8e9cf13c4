import { expect, test } from '@playwright/test';
import { button, openPage, set, untilIdle } from './support.ts';

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

test('a device that is lost ends the run with a sentence, and the next press trains again', async ({
  playwright,
  baseURL,
}, { project }) => {
  // A browser of its own: after a second crash it would have no adapter left for the tests that follow.
  const browser = await playwright.chromium.launch(project.use.launchOptions);
  const page = await browser.newPage(baseURL === undefined ? {} : { baseURL });
  const noise = await openPage(page);
  await page.getByRole('radio', { name: 'WebGPU (software)' }).check({ force: true });
  await set(page, 'Steps', '1,000,000');
  await button(page, 'Train').click();
  await expect(page.getByText(/ left$/)).toBeVisible();
  const session = await browser.newBrowserCDPSession();
  // The answer never comes: the process that would give it is gone.
  session.send('Browser.crashGpuProcess').catch(() => {});
  await expect(page.getByRole('alert').filter({ hasText: 'Error.' })).toContainText(
    'The GPU device was lost',
  );
  await untilIdle(page);
  await set(page, 'Steps', '100');
  await button(page, 'Train').click();
  await untilIdle(page);
  await expect(page.locator('result-card')).toContainText('finished at a loss of');
  expect(noise.messages).toEqual([]);
  await browser.close();
});
