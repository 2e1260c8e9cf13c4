import { expect, test, type Page } from '@playwright/test';
import {
  button,
  leftOnDevice,
  nothing,
  notice,
  openFile,
  openPage,
  openSample,
  pets,
  region,
  resultText,
  saveScreens,
  set,
  showDetails,
  train,
  untilIdle,
} from './support.ts';

async function stepCount(page: Page): Promise<number> {
  return Number(await page.getByRole('progressbar', { name: 'Steps done' }).getAttribute('aria-valuenow'));
}

async function reload(page: Page): Promise<void> {
  await page.reload();
  await expect(page.locator('table-card .file')).toBeVisible();
  await expect(page.getByText('Looking for a GPU')).toHaveCount(0);
}

const rememberSwitch = (page: Page) => page.getByRole('switch', { name: 'Remember on this device' });

/** Everything that a digit could differ in. */
async function readLog(page: Page): Promise<string> {
  await showDetails(page, 'Log');
  return page.locator('pre').innerText();
}

test('nothing of a table is kept before Remember; afterwards everything is, until Forget', async ({
  page,
}) => {
  test.setTimeout(120_000);
  const messages: string[] = [];
  page.on('pageerror', (error) => messages.push(String(error)));
  await openPage(page);
  await openFile(page, pets(400), 'pets.csv');
  await expect(page.locator('table-card .file')).toHaveText('pets.csv');
  await set(page, 'Steps', '30,000');
  await set(page, 'Rows of a batch', '64');
  await train(page);
  const whole = await readLog(page);
  expect(await leftOnDevice(page)).toEqual(nothing);
  await reload(page);
  await expect(page.locator('table-card .file')).toHaveText('OR sample');
  expect(await leftOnDevice(page)).toEqual(nothing);

  await openFile(page, pets(400), 'pets.csv');
  await expect(page.locator('run-card')).toContainText('30,000 steps');
  await rememberSwitch(page).check();
  await expect(page.locator('remember-switch')).toContainText('Kept in this browser, on this device');
  await button(page, 'Train').click();
  await expect.poll(() => stepCount(page), { intervals: [50] }).toBeGreaterThan(100);
  await button(page, 'Pause').click();
  await expect(button(page, 'Continue')).toBeVisible();
  const step = await stepCount(page);
  expect(step).toBeLessThan(30_000);
  await expect.poll(() => keptStep(page, 'run cpu')).toBe(step);

  await reload(page);
  await expect(page.locator('table-card .file')).toHaveText('pets.csv');
  await expect(button(page, 'Continue')).toBeVisible();
  expect(await stepCount(page)).toBe(step);
  await expect(rememberSwitch(page)).toBeChecked();
  await expect(notice(page)).toContainText(`The run stands at step ${step.toLocaleString('en-US')}, paused`);
  await expect(page.locator('run-card')).toContainText('30,000 steps');
  await showDetails(page, 'Measures');
  await expect(page.locator('confusion-matrix')).toContainText('cat');
  await saveScreens(page, 'restored');
  await page.setViewportSize({ width: 1280, height: 900 });
  await button(page, 'Continue').click();
  await untilIdle(page);
  expect(await readLog(page)).toBe(whole);
  await expect(page.locator('result-card')).not.toContainText('Of earlier settings');

  // A run that is over comes back as it was, and is used as before.
  const verdict = await resultText(page);
  await expect.poll(() => keptRun(page, 'run cpu')).toEqual({ step: 30_000, isOver: true, isChecked: true });
  await reload(page);
  await expect(page.locator('table-card .file')).toHaveText('pets.csv');
  await expect(notice(page)).toContainText('Back from this device: pets.csv and 1 run.');
  expect(await resultText(page)).toBe(verdict);
  expect(await readLog(page)).toBe(whole);
  await showDetails(page, 'Use it');
  await expect(page.locator('predict-panel .value')).toHaveText(/cat|dog/);

  await button(page, 'Forget everything').click();
  await expect(notice(page)).toContainText('Forgotten: nothing is kept');
  expect(await leftOnDevice(page)).toEqual(nothing);
  await reload(page);
  await expect(page.locator('table-card .file')).toHaveText('OR sample');
  expect(messages).toEqual([]);
});

test('a run that was cut off goes on from its last save, on the GPU with the same plan', async ({ page }) => {
  await openPage(page);
  await openSample(page, 'Iris');
  await set(page, 'Steps', '200,000');
  await page.getByRole('radio', { name: 'WebGPU (software)' }).check({ force: true });
  await rememberSwitch(page).check();
  await button(page, 'Train').click();
  const saved = () => keptStep(page, 'run gpu');
  await expect.poll(saved, { timeout: 30_000 }).toBeGreaterThan(0);
  await reload(page);
  await expect(page.locator('table-card .file')).toHaveText('Iris sample');
  await expect(button(page, 'Continue')).toBeVisible();
  await expect(page.getByRole('radio', { name: 'WebGPU (software)' })).toBeChecked();
  const from = await stepCount(page);
  expect(from).toBeGreaterThan(0);
  await button(page, 'Step').click();
  await expect.poll(() => stepCount(page)).toBe(from + 1);
  // One that was stopped is over, and still goes on, after a reload too.
  await button(page, 'Stop').click();
  await untilIdle(page);
  await expect.poll(async () => (await keptRun(page, 'run gpu'))?.isOver).toBe(true);
  await reload(page);
  await expect(page.locator('result-card')).toContainText('Stopped after');
  await button(page, 'Step').click();
  await expect.poll(() => stepCount(page)).toBe(from + 2);
  await button(page, 'Stop').click();
  await untilIdle(page);
  expect(await resultText(page)).toContain(`1 step after step ${(from + 1).toLocaleString('en-US')} took`);
  await button(page, 'Forget everything').click();
});

interface KeptRun {
  readonly step: number;
  readonly isOver: boolean;
  readonly isChecked: boolean;
}

/** A run as it stands in IndexedDB; undefined where there is none. */
async function keptRun(page: Page, key: string): Promise<KeptRun | undefined> {
  return page.evaluate(async (name) => {
    const names = (await indexedDB.databases()).map((database) => database.name);
    if (!names.includes('handgrad')) return undefined;
    const opening = indexedDB.open('handgrad');
    const database = await new Promise<IDBDatabase>((resolve) => {
      opening.onsuccess = () => resolve(opening.result);
    });
    const reading = database.transaction('kept').objectStore('kept').get(name);
    const run = await new Promise<
      { state: { step: number }; isOver: boolean; gradientCheck?: object } | undefined
    >((resolve) => {
      reading.onsuccess = () => resolve(reading.result as undefined);
    });
    database.close();
    return run && { step: run.state.step, isOver: run.isOver, isChecked: run.gradientCheck !== undefined };
  }, key);
}

async function keptStep(page: Page, key: string): Promise<number> {
  return (await keptRun(page, key))?.step ?? 0;
}

test('two tabs: one keeps, the other says so', async ({ page, context }) => {
  await openPage(page);
  await rememberSwitch(page).check();
  await train(page);
  await expect.poll(() => keptStep(page, 'run cpu')).toBe(10_000);
  const other = await context.newPage();
  await other.goto('/');
  await expect(notice(other)).toContainText('Another tab of this page already keeps');
  await expect(rememberSwitch(other)).not.toBeChecked();
  await page.close();
  await rememberSwitch(other).check();
  await expect(other.locator('remember-switch')).toContainText('Kept in this browser');
});

test('a link to another table leaves what is kept alone', async ({ page }) => {
  await openPage(page);
  await rememberSwitch(page).check();
  await train(page);
  await expect.poll(() => keptStep(page, 'run cpu')).toBe(10_000);
  await page.goto('about:blank');
  await page.goto('/#sample=iris');
  await expect(page.locator('table-card .file')).toHaveText('Iris sample');
  await expect(page.locator('remember-switch')).toContainText('Another table is kept on this device');
  await set(page, 'Steps', '20');
  await train(page);
  expect(await keptStep(page, 'run cpu')).toBe(10_000);
  await button(page, 'Forget everything').click();
  await expect(notice(page)).toContainText('Forgotten');
  expect(await leftOnDevice(page)).toEqual(nothing);
});

for (const [what, script] of [
  ['refused', `indexedDB.open = () => { throw new DOMException('Storage is off.', 'SecurityError'); };`],
  [
    'full',
    `IDBObjectStore.prototype.put = () => { throw new DOMException('It is full.', 'QuotaExceededError'); };`,
  ],
] as const) {
  test(`storage that is ${what} is a notice, and training works`, async ({ page }) => {
    await page.addInitScript(script);
    await openPage(page);
    await rememberSwitch(page).click();
    await expect(notice(page)).toContainText('This browser does not keep the page on this device');
    await expect(rememberSwitch(page)).not.toBeChecked();
    expect(await leftOnDevice(page)).toEqual(nothing);
    await train(page);
    await expect(page.locator('result-card')).toContainText('As the notebook recorded');
    await expect(region(page, 'Rows of the table')).toBeVisible();
  });
}
