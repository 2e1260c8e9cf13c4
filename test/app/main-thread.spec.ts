import { expect, test, type Page } from '@playwright/test';
import { longestTask } from './main-thread.ts';
import { button, choose, openFile, openPage, openSample, set, showDetails, untilIdle } from './support.ts';

const TRAINING_MS = 5_500;
const LONGEST_TASK_MS = 50;

/**
 * The press, more than 5 s of training, and the stop with everything it puts onto the page. By keys and, once it has
 * begun, by time alone: looking for an element is itself a task on the main thread.
 */
async function trainForAWhile(page: Page): Promise<void> {
  await page.keyboard.press('Enter');
  // A machine with much else to do compiles for seconds, and a run that is stopped before its first step is none.
  await page.locator('main[data-activity=running]').waitFor();
  await page.waitForTimeout(TRAINING_MS);
  await page.keyboard.press('Escape');
  await page.waitForTimeout(300);
  await page.keyboard.press('Escape');
  await page.waitForTimeout(700);
}

async function expectStopped(page: Page): Promise<void> {
  await untilIdle(page);
  await expect(page.locator('result-card')).toContainText(/Stopped after [\d,]{5,} of 3+,000,000 steps/);
}

test('the main thread stays free while the CPU path trains on 2,000 rows, predictions in sight', async ({
  browser,
  page,
}) => {
  await openPage(page);
  const lines = Array.from(
    { length: 2000 },
    (_, row) => `${row},${row % 7},${row % 11},${row % 13},${row % 2}`,
  );
  await openFile(page, ['id,a,b,c,y', ...lines].join('\n'));
  await expect(page.locator('table-card')).toContainText('2,000 rows');
  await set(page, 'Steps', '2');
  await button(page, 'Train').click();
  await untilIdle(page);
  await showDetails(page, 'Predictions');
  await set(page, 'Steps', '3,000,000');
  const longest = await longestTask(browser, page, () => trainForAWhile(page));
  await expectStopped(page);
  console.log(`longest main-thread task, CPU path: ${longest.toFixed(1)} ms of CPU time`);
  expect(longest).toBeLessThan(LONGEST_TASK_MS);
});

test('the main thread stays free while the GPU path trains', async ({ browser, page }) => {
  await openPage(page);
  await page.getByRole('radio', { name: 'WebGPU (software)' }).check({ force: true });
  // The notebook's own network takes millions of steps a second.
  await set(page, 'Hidden layers, units', '12');
  await set(page, 'Steps', '33,000,000');
  const longest = await longestTask(browser, page, () => trainForAWhile(page));
  await expectStopped(page);
  console.log(`longest main-thread task, GPU path: ${longest.toFixed(1)} ms of CPU time`);
  expect(longest).toBeLessThan(LONGEST_TASK_MS);
});

test('the main thread stays free while the plane of two spirals is drawn as they are learnt', async ({
  browser,
  page,
}) => {
  await openPage(page);
  await openSample(page, 'Two spirals');
  await page.getByRole('radio', { name: 'WebGPU (software)' }).check({ force: true });
  await set(page, 'Hidden layers, units', '16,16');
  await choose(page, 'Activation', 'tanh');
  await set(page, 'Steps', '3,000,000');
  await page.getByRole('link', { name: 'Inside', exact: true }).click();
  await expect(page.locator('boundary-picture canvas')).toBeVisible();
  await page.evaluate(() => {
    const { inside } = (document.querySelector('handgrad-page') as unknown as { page: WatchedPage }).page;
    const pictures: Picture[] = [];
    Object.assign(window, { pictures });
    let last: unknown;
    inside.watch(() => {
      const { frame, isLive } = inside;
      if (!isLive || !frame?.field || frame === last) return;
      last = frame;
      pictures.push({ atMs: performance.now(), columns: frame.field.columns, fieldMs: frame.fieldMs });
    });
  });
  await page.locator('inside-view').getByRole('button', { name: 'Train', exact: true }).focus();
  const longest = await longestTask(browser, page, async () => {
    await page.keyboard.press('Enter');
    await page.locator('main[data-activity=running]').waitFor({ state: 'attached' });
    await page.waitForTimeout(TRAINING_MS);
    await page.keyboard.press('Escape');
    await page.waitForTimeout(300);
    await page.keyboard.press('Escape');
    await page.waitForTimeout(700);
  });
  const pictures = await page.evaluate(() => (window as unknown as { pictures: Picture[] }).pictures);
  const largest = pictures.filter(({ columns }) => columns === pictures.at(-1)?.columns);
  const seconds = ((largest.at(-1)?.atMs ?? 0) - largest[0].atMs) / 1000;
  console.log(
    `longest main-thread task: ${longest.toFixed(1)} ms of CPU time; ${largest.length} pictures of ` +
      `${largest[0].columns} × ${largest[0].columns} points in ${seconds.toFixed(1)} s`,
  );
  expect(pictures.length).toBeGreaterThan(10);
  expect(longest).toBeLessThan(LONGEST_TASK_MS);
});

interface Picture {
  readonly atMs: number;
  readonly columns: number;
  readonly fieldMs: number;
}

interface WatchedPage {
  readonly inside: {
    readonly isLive: boolean;
    readonly frame: { readonly field?: { readonly columns: number }; readonly fieldMs: number } | undefined;
    watch(onFrame: () => void): () => void;
  };
}
