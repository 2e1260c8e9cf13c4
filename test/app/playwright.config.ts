import { defineConfig } from '@playwright/test';
import { findBrowser, launchOptions } from '../support/browser.mjs';

const root = `${import.meta.dirname}/../..`;
/** Another one where several checkouts run at once. */
const port = process.env.HANDGRAD_PAGE_PORT ?? '4519';
const url = `http://localhost:${port}`;

const browser = await findBrowser();
if (!browser)
  throw new Error('No browser found; `npm test` installs one, or set HANDGRAD_BROWSER to its path.');

const isFull = process.env.HANDGRAD_FULL === '1';

/** Drives the built page (run `vite build` first) in two browsers: with the software adapter and with none. */
export default defineConfig({
  testDir: '.',
  outputDir: `${root}/test-results`,
  workers: 1,
  retries: 0,
  timeout: 60_000,
  forbidOnly: true,
  use: { baseURL: url },
  projects: [
    {
      name: 'webgpu',
      testMatch: '*.spec.ts',
      // What takes minutes is for `npm run test:full`.
      testIgnore: ['*.no-webgpu.spec.ts', ...(isFull ? [] : ['*.full.spec.ts'])],
      use: { launchOptions: launchOptions(browser.path) },
    },
    {
      name: 'no-webgpu',
      testMatch: '*.no-webgpu.spec.ts',
      use: { launchOptions: launchOptions(browser.path, { webgpu: false }) },
    },
  ],
  webServer: {
    command: `npx vite preview --host localhost --port ${port} --strictPort`,
    cwd: root,
    url,
    reuseExistingServer: false,
  },
});
