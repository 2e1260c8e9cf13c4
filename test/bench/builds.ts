import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, preview } from 'vite';

/** What a run needs built, and how to remove it. */
export type Built = ({ readonly url: string } | { readonly bundle: string }) & { close(): Promise<void> };

const quiet = { configFile: false, logLevel: 'error' } as const;
/** TensorFlow.js starts its wasm threads from the text of one of its functions. */
const readable = { target: 'esnext', minify: false, emptyOutDir: true } as const;

/** A cross-origin isolated page has a clock of 5 µs instead of 100 µs, and wasm threads. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** Builds the page as it would be shipped, in a temporary folder, and serves it on a free port. */
export async function servePage(root: string): Promise<Built> {
  const outDir = mkdtempSync(join(tmpdir(), 'handgrad-bench-page-'));
  const input = join(root, 'test', 'bench', 'page.html');
  await build({ ...quiet, root, build: { ...readable, outDir, rolldownOptions: { input } } });
  const server = await preview({
    ...quiet,
    root,
    build: { outDir },
    preview: { headers: isolation, port: 0, host: '127.0.0.1' },
  });
  const [address] = server.resolvedUrls?.local ?? [];
  return {
    url: new URL('test/bench/page.html', address).href,
    async close() {
      await server.close();
      rmSync(outDir, { recursive: true });
    },
  };
}

/** Builds what the page loads for Node, every package inside: not all of them can be imported there as they are. */
export async function buildBundle(root: string): Promise<Built> {
  const outDir = mkdtempSync(join(tmpdir(), 'handgrad-bench-dawn-'));
  await build({
    ...quiet,
    root,
    ssr: { noExternal: true },
    build: { ...readable, outDir, ssr: join(root, 'test', 'bench', 'measuring.ts') },
  });
  return {
    bundle: join(outDir, 'measuring.js'),
    close: async () => rmSync(outDir, { recursive: true }),
  };
}
