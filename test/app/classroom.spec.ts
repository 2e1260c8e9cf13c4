import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Locator, type Page } from '@playwright/test';
import type { HideableName } from '../../src/app/hideable.ts';
import { button, notice, openPage, saveScreens, showDetails, showSetting, train } from './support.ts';

const showAll = (page: Page) => button(page, 'Show all controls');

async function openLink(page: Page, fragment: string): Promise<void> {
  await openPage(page);
  // Another address of the same page: nothing is loaded anew.
  await page.goto(`/${fragment}`);
}

/** What is gone with each name, on the Train page after a run. */
const controls: Record<HideableName, (page: Page) => Locator[]> = {
  table: (page) => [
    button(page, 'Open file'),
    button(page, 'Paste'),
    button(page, 'Columns'),
    page.getByRole('combobox', { name: 'Sample tables' }),
  ],
  settings: (page) => [page.locator('settings-form summary').first()],
  path: (page) => [page.getByRole('group', { name: 'Path' })],
  compare: (page) => [button(page, 'Compare'), button(page, 'Step')],
  details: (page) => [page.locator('details-card summary')],
  downloads: (page) => [page.getByRole('tab', { name: 'Download' })],
  pages: (page) => [page.getByRole('link', { name: 'Sweep' }), page.getByRole('link', { name: 'Notebook' })],
};

for (const [name, find] of Object.entries(controls)) {
  test(`hide=${name} takes its controls away and leaves the others; Show all controls brings them back`, async ({
    page,
  }) => {
    await openPage(page);
    await train(page);
    await showDetails(page, 'Timing');
    await expect(showAll(page)).toHaveCount(0);
    await page.evaluate((hide) => (location.hash = `#sample=or&hide=${hide}`), name);
    await expect(showAll(page)).toBeVisible();
    await expect(button(page, 'Train')).toBeEnabled();
    await train(page);
    const open = page.locator('details-card details');
    if (name !== 'details') await expect(open).toHaveAttribute('open', '');
    for (const [other, others] of Object.entries(controls)) {
      // The tab is in the Details.
      const isHidden = other === name || (name === 'details' && other === 'downloads');
      for (const control of others(page)) await expect(control).toBeVisible({ visible: !isHidden });
    }
    expect(new URL(page.url()).hash).toBe(`#sample=or&hide=${name}`);
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);

    await showAll(page).click();
    for (const control of find(page)) await expect(control).toBeVisible();
    await expect(showAll(page)).toHaveCount(0);
    expect(new URL(page.url()).hash).toBe('');
  });
}

test('a link that hides everything trains nothing, and nothing hidden is reached by Tab', async ({
  page,
}) => {
  const all = Object.keys(controls).join(',');
  await openLink(page, `#sample=or&hidden=4&hide=${all}`);
  await expect(showAll(page)).toBeVisible();
  await expect(page.locator('main')).toHaveAttribute('data-activity', 'idle');
  expect(new URL(page.url()).hash).toBe(`#sample=or&hidden=4&hide=${all.replaceAll(',', '+')}`);
  await train(page);
  const reached = new Set<string>();
  for (let press = 0; press < 30; press++) {
    await page.keyboard.press('Tab');
    reached.add(
      await page.evaluate(() => {
        let element = document.activeElement;
        while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
        return (
          element?.textContent?.trim() || element?.getAttribute('aria-label') || element?.localName || ''
        );
      }),
    );
  }
  expect([...reached]).toEqual(expect.arrayContaining(['Show all controls', 'Train', 'Stop', 'Reset']));
  const gone = /Open file|Paste|Columns|Sample|Settings|Compare|Step|Details|Sweep|Notebook|WebGPU/;
  expect([...reached].filter((text) => gone.test(text))).toEqual([]);
  await saveScreens(page, 'classroom');
});

test('a name that nothing has is left out, and said', async ({ page }) => {
  await openLink(page, '#sample=or&hide=settings+train');
  await expect(notice(page)).toContainText('because it is no setting here: hide=train');
  await expect(button(page, 'Train')).toBeVisible();
  await expect(page.locator('settings-form')).toHaveCount(0);
  expect(new URL(page.url()).hash).toBe('#sample=or&hide=settings');
});

test('a sample that is not there is left out, and the page that the link leads to is not', async ({
  page,
}) => {
  await openLink(page, '#inside&sample=zzz');
  await expect(notice(page)).toContainText('because it is no setting here: sample=zzz.');
  await expect(page.getByRole('link', { name: 'Inside' })).toHaveAttribute('aria-current', 'page');
});

test('the dialog makes a link to any page, with the settings and without what is ticked', async ({
  context,
  page,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openPage(page);
  await (await showSetting(page, 'Learning rate')).fill('0.5');
  await button(page, 'Classroom link').click();
  const dialog = page.getByRole('dialog', { name: 'Classroom link' });
  for (const label of ['Other tables', 'Settings']) await dialog.getByLabel(label, { exact: true }).check();
  await dialog.getByLabel('It opens').selectOption('Sweep');
  await saveScreens(page, 'classroom-dialog', 'few');
  await dialog.getByRole('button', { name: 'Copy classroom link' }).click();
  const address = await page.evaluate(() => navigator.clipboard.readText());
  expect(new URL(address).hash).toBe('#sweep&sample=or&learning-rate=0.5&hide=table+settings');
  await expect(dialog.getByLabel('Link', { exact: true })).toHaveValue(address);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  // What the link hides is still here.
  await expect(button(page, 'Open file')).toBeVisible();

  await page.goto(address);
  await expect(page.getByRole('link', { name: 'Sweep' })).toHaveAttribute('aria-current', 'page');
  await page.getByRole('link', { name: 'Train' }).click();
  await expect(button(page, 'Train')).toBeVisible();
  await expect(button(page, 'Open file')).toHaveCount(0);
  await expect(showAll(page)).toBeVisible();
});
