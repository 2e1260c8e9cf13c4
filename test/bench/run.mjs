/**
 * `npm run bench`: trains the same jobs with handgrad and with its peers and says how they compare
 * (`npm run bench -- --help`). What follows is TypeScript; Vite, which compiles the page as well, loads it.
 */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const server = await createServer({
  root,
  configFile: false,
  logLevel: 'error',
  server: { middlewareMode: true, hmr: false, ws: false },
  optimizeDeps: { noDiscovery: true },
  appType: 'custom',
});
try {
  const { main } = await server.ssrLoadModule('/test/bench/main.ts');
  await main(process.argv);
} finally {
  await server.close();
}
