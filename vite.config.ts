import { existsSync, readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { Plugin, UserConfig } from 'vite';
import type { BrowserConfigOptions } from 'vitest/node';
import { defineConfig, type ViteUserConfig } from 'vitest/config';
import manifest from './package.json' with { type: 'json' };
import { findBrowser, launchOptions } from './test/support/browser.mjs';

const root = import.meta.dirname;

/** One configuration per thing that is built, chosen by `--mode`; vitest asks with mode "test". */
export default defineConfig(({ mode }) => {
  if (mode === 'library') return library;
  if (mode === 'cli') return commandLine;
  if (mode === 'test') return tests();
  return page;
});

/** A cross-origin isolated page has a clock of 5 µs instead of 100 µs. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

const page: UserConfig = {
  // Relative, so that the page works in any folder of any static host.
  base: './',
  plugins: [contentSecurityPolicy()],
  server: { headers: isolation },
  preview: { headers: isolation },
  worker: { format: 'es' },
  build: {
    outDir: 'dist/page',
    // Everything comes at once: nothing is fetched once the page is there.
    chunkSizeWarningLimit: 800,
    // The policy allows neither data: fonts nor anything inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
};

const library: UserConfig = {
  build: {
    outDir: 'dist/library',
    copyPublicDir: false,
    minify: false,
    lib: { entry: 'src/index.ts', formats: ['es'], fileName: 'handgrad' },
    rolldownOptions: { external: [/^(papaparse|valibot|pbf)(\/|$)/] },
  },
};

const commandLine: UserConfig = {
  // What a person's npm installs with handgrad stays outside; everything else is in the one file.
  ssr: {
    noExternal: true,
    external: [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)],
  },
  build: {
    outDir: 'dist/cli',
    copyPublicDir: false,
    target: 'node20',
    ssr: 'src/cli/handgrad.ts',
    rolldownOptions: { output: { entryFileNames: 'handgrad.js', codeSplitting: false } },
  },
};

/**
 * Three vitest projects: `node` for everything without a GPU, `gpu` for kernels and trainers in Chromium, and
 * `dawn` for the same files in Node through the `webgpu` package, where there is a GPU and no browser.
 */
async function tests(): Promise<ViteUserConfig> {
  const gpuTests = ['test/{shaders,gpu}/**/*.gpu.test.ts'];
  const slow = { testTimeout: 120_000, hookTimeout: 120_000 };
  return {
    plugins: [plantedFault()],
    test: {
      // `import.meta.env.HANDGRAD_FULL`, in Node and in the browser: "1" asks for every random case.
      env: { HANDGRAD_FULL: process.env.HANDGRAD_FULL ?? '' },
      projects: [
        {
          extends: true,
          test: {
            name: 'node',
            environment: 'node',
            pool: 'forks',
            include: [
              'test/{core,data,cpu,exchange,cli,worker,app,support}/**/*.test.ts',
              'test/bench/*.test.ts',
              'test/*.test.ts',
              'test/shaders/*.validation.test.ts',
            ],
            testTimeout: 30_000,
          },
        },
        {
          extends: true,
          test: {
            name: 'gpu',
            include: gpuTests,
            fileParallelism: false,
            browser: await chromium(),
            ...slow,
          },
        },
        {
          extends: true,
          test: {
            name: 'dawn',
            environment: 'node',
            pool: 'forks',
            include: gpuTests,
            fileParallelism: false,
            setupFiles: ['test/support/dawn-setup.ts'],
            execArgv: ['--expose-gc'],
            ...slow,
          },
        },
      ],
    },
  };
}

async function chromium(): Promise<BrowserConfigOptions> {
  // Loaded here, so that a build does not wait for Playwright.
  const { playwright } = await import('@vitest/browser-playwright');
  // Without a browser the other projects still run; Playwright then says what is missing in this one.
  const browser = await findBrowser();
  const options = browser && launchOptions(browser.path);
  // So that a test can see what stays on the heap.
  const heapFlags = ['--js-flags=--expose-gc', '--enable-precise-memory-info'];
  return {
    enabled: true,
    headless: true,
    screenshotFailures: false,
    provider: playwright(options && { launchOptions: { ...options, args: [...options.args, ...heapFlags] } }),
    instances: [{ browser: 'chromium' }],
  };
}

/** Only in the built page: Vite's dev server injects styles inline. */
function contentSecurityPolicy(): Plugin {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "worker-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return {
    name: 'handgrad:content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: policy },
        injectTo: 'head-prepend',
      },
    ],
  };
}

/**
 * Serves a module of src/ or shaders/ from the folder HANDGRAD_FAULT_ROOT where the file exists there: how
 * test/faults/run.mjs plants a fault without touching the working tree.
 */
function plantedFault(): Plugin {
  const faultRoot = process.env.HANDGRAD_FAULT_ROOT;
  return {
    name: 'handgrad:planted-fault',
    enforce: 'pre',
    load(id) {
      if (!faultRoot) return undefined;
      const [path, query] = id.split('?');
      const modulePath = relative(root, path).replaceAll('\\', '/');
      if (!/^(src|shaders)\//.test(modulePath)) return undefined;
      const faultyPath = resolve(faultRoot, modulePath);
      if (!existsSync(faultyPath)) return undefined;
      const text = readFileSync(faultyPath, 'utf8');
      const isRaw = query?.split('&').includes('raw');
      return isRaw ? `export default ${JSON.stringify(text)};` : text;
    },
  };
}
