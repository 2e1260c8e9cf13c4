import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, posix } from 'node:path';
import { describe, expect, test } from 'vitest';

/** The house rules that a machine can check. A failure reads as the rule and the places that break it. */

const root = join(import.meta.dirname, '..');
const MAX_FILE_LINES = 400;

/** Which parts of src/ a part may import; a part is a folder or a file at the top of src/. */
const allowedImports: Record<string, readonly string[]> = {
  core: ['core'],
  data: ['data', 'core'],
  exchange: ['exchange', 'data', 'core'],
  cpu: ['cpu', 'core'],
  gpu: ['gpu', 'core'],
  'backends.ts': ['cpu', 'gpu', 'core'],
  'validation-watch.ts': ['core'],
  'run-result.ts': ['validation-watch.ts', 'core'],
  'session-start.ts': ['run-result.ts', 'validation-watch.ts', 'core'],
  'training-session.ts': ['session-start.ts', 'validation-watch.ts', 'run-result.ts', 'backends.ts', 'core'],
  'run-replay.ts': ['backends.ts', 'core'],
  'listings.ts': ['cpu', 'gpu', 'core'],
  'traced-step.ts': ['run-replay.ts', 'backends.ts', 'core'],
  'predicted-by.ts': ['cpu', 'core'],
  'assessment.ts': ['training-session.ts', 'predicted-by.ts', 'data', 'core'],
  'train-once.ts': ['training-session.ts', 'session-start.ts', 'run-result.ts', 'core'],
  'train-alone.ts': ['training-session.ts', 'session-start.ts', 'validation-watch.ts', 'core'],
  'network-validation.ts': ['validation-watch.ts', 'cpu', 'core'],
  'sweep-plan.ts': ['train-alone.ts', 'session-start.ts', 'backends.ts', 'core'],
  'sweep-run.ts': [
    'sweep-plan.ts',
    'network-validation.ts',
    'train-alone.ts',
    'session-start.ts',
    'backends.ts',
    'core',
  ],
  'train-populations.ts': ['sweep-run.ts', 'sweep-plan.ts', 'core'],
  'train-sweep.ts': ['train-populations.ts', 'sweep-plan.ts', 'sweep-run.ts', 'data', 'core'],
  'cross-validation.ts': ['train-populations.ts', 'sweep-plan.ts', 'assessment.ts', 'cpu', 'data', 'core'],
  'trained-model.ts': ['training-session.ts', 'exchange', 'data', 'core'],
  'trained-ensemble.ts': ['trained-model.ts', 'exchange', 'data', 'core'],
  'engine.ts': [],
  'certify.ts': [
    'trained-model.ts',
    'training-session.ts',
    'run-result.ts',
    'engine.ts',
    'cpu',
    'exchange',
    'data',
    'core',
  ],
  'verify-certificate.ts': [
    'certify.ts',
    'trained-model.ts',
    'training-session.ts',
    'run-result.ts',
    'engine.ts',
    'cpu',
    'exchange',
    'data',
    'core',
  ],
  'model-predictions.ts': ['predicted-by.ts', 'exchange', 'data', 'core'],
  'self-test.ts': ['train-once.ts', 'backends.ts', 'cpu', 'gpu', 'core'],
  'measurement.ts': ['backends.ts', 'core'],
  'path-times.ts': ['backends.ts', 'core'],
  'population-times.ts': ['train-alone.ts', 'backends.ts', 'core'],
  'notebook-listings.ts': ['core'],
  'index.ts': [
    'traced-step.ts',
    'listings.ts',
    'run-replay.ts',
    'notebook-listings.ts',
    'train-once.ts',
    'train-alone.ts',
    'sweep-plan.ts',
    'sweep-run.ts',
    'train-populations.ts',
    'train-sweep.ts',
    'cross-validation.ts',
    'trained-model.ts',
    'trained-ensemble.ts',
    'model-predictions.ts',
    'certify.ts',
    'verify-certificate.ts',
    'measurement.ts',
    'path-times.ts',
    'population-times.ts',
    'self-test.ts',
    'assessment.ts',
    'training-session.ts',
    'session-start.ts',
    'validation-watch.ts',
    'run-result.ts',
    'backends.ts',
    'cpu',
    'gpu',
    'data',
    'exchange',
    'core',
  ],
  worker: ['worker', 'index.ts'],
  app: ['app', 'worker', 'index.ts'],
  cli: ['cli', 'worker', 'index.ts'],
};

/** Where in src/ a package may be imported. */
const packageHomes: Record<string, string> = {
  papaparse: 'src/data/csv',
  valibot: 'src/exchange/',
  pbf: 'src/exchange/',
  'idb-keyval': 'src/app/',
  uplot: 'src/app/',
  lit: 'src/app/',
  '@fontsource-variable/inter': 'src/app/',
  '@fontsource-variable/jetbrains-mono': 'src/app/',
  comlink: 'src/worker/',
  commander: 'src/cli/',
  'cli-progress': 'src/cli/',
  webgpu: 'src/cli/',
};

const SHADER_LIST = 'src/gpu/shaders.ts';

const sourceFiles = filesUnder('src', ['.ts', '.mjs', '.css']).filter((file) => !file.endsWith('.d.ts'));
const testFiles = filesUnder('test', ['.ts', '.mjs']);
const shaderFiles = filesUnder('shaders', ['.wgsl']);
const isKernel = (shader: string): boolean => !shader.startsWith('shaders/lib/');

describe('imports', () => {
  test('run one way', () => {
    const breaches = importsOf(sourceFiles).flatMap(({ file, imported }) => {
      if (!imported.startsWith('src/')) return [];
      const [from, to] = [partOf(file), partOf(imported)];
      const allowed = allowedImports[from];
      if (!allowed) return [`${file}: src/${from} has no line in allowedImports of this test`];
      return allowed.includes(to) ? [] : [`${file} imports ${imported}`];
    });
    expectNone(
      breaches,
      'Imports run app, cli → worker → index → {training-session, backends} → {cpu, gpu} → core; ' +
        'exchange → data → core. cpu and gpu meet only in tests.',
    );
  });

  test('form no cycle', () => {
    expectNone(cyclesAmong(importsOf(sourceFiles)), 'No file imports itself, directly or through others.');
  });

  test('use each package in its one place', () => {
    const breaches = importsOf(sourceFiles).flatMap(({ file, imported }) => {
      if (isInTree(imported) || imported.startsWith('node:')) return [];
      const home = packageHomes[packageName(imported)];
      if (!home) return [`${file} imports ${imported}, which has no line in packageHomes of this test`];
      return file.startsWith(home) ? [] : [`${file} imports ${imported}, whose place is ${home}`];
    });
    expectNone(breaches, 'A package is imported in one place only, so that it can be replaced there.');
  });

  test('draw charts in one file', () => {
    const chartFiles = importsOf(sourceFiles)
      .filter(({ imported }) => imported === 'uplot')
      .map(({ file }) => file);
    expectNone(chartFiles.slice(1), `uplot is imported by one file only (${chartFiles[0]}).`);
  });

  test('use Node only in the command line and the worker', () => {
    const breaches = importsOf(sourceFiles)
      .filter(({ file, imported }) => imported.startsWith('node:') && !/^src\/(cli|worker)\//.test(file))
      .map(({ file, imported }) => `${file} imports ${imported}`);
    expectNone(breaches, 'The library runs in a browser: node: modules belong to src/cli and src/worker.');
  });

  test('read shaders through one file', () => {
    const breaches = importsOf([...sourceFiles, ...testFiles])
      .filter(({ file, imported }) => imported.endsWith('.wgsl') && file !== SHADER_LIST)
      .map(({ file, imported }) => `${file} imports ${imported}`);
    expectNone(breaches, `Shaders are read by ${SHADER_LIST} and by nothing else.`);
  });
});

describe('names', () => {
  test('GPU types stay under src/gpu', () => {
    expectNone(
      placesOf(/\bGPU[A-Z]\w*/g, outside('src/gpu/')),
      'GPU* types live under src/gpu and test alone.',
    );
  });

  test('the DOM stays under src/app', () => {
    const globals =
      /(?<![.\w])(?:document|window|localStorage|sessionStorage|customElements|requestAnimationFrame|HTML\w*Element|SVG\w*Element|ShadowRoot)\b(?!\s*\??:)/g;
    expectNone(placesOf(globals, outside('src/app/')), 'The DOM lives under src/app alone.');
  });

  test('core has no clock and no chance', () => {
    const impure = /\b(?:performance\.now|Date\.now|new Date|Math\.random|crypto\.\w+)\b/g;
    const core = sourceFiles.filter((file) => file.startsWith('src/core/'));
    expectNone(placesOf(impure, core), 'src/core is pure: the same arguments give the same answer.');
  });
});

describe('files', () => {
  test(`stay within ${MAX_FILE_LINES} lines`, () => {
    const tooLong = [...sourceFiles, ...testFiles, ...shaderFiles]
      .map((file) => ({ file, lines: read(file).trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > MAX_FILE_LINES)
      .map(({ file, lines }) => `${file} has ${lines}`);
    expectNone(tooLong, `A file does one thing, in at most ${MAX_FILE_LINES} lines.`);
  });
});

describe('shaders', () => {
  test('open with a header that names the reference twin', () => {
    const breaches = shaderFiles.flatMap((shader) => {
      const twinLines = headerOf(shader).filter((line) => line.startsWith('// Twin:'));
      const twins = twinLines.flatMap((line) => line.match(/\bsrc\/[\w./-]+\.ts\b/g) ?? []);
      if (twins.length === 0) return [`${shader} has no "// Twin: src/….ts" line in its opening comment`];
      return twins
        .filter((twin) => !exists(twin))
        .map((twin) => `${shader} names ${twin}, which does not exist`);
    });
    expectNone(breaches, 'Every shader opens with a comment: formula, buffers, dispatch, reference twin.');
  });

  test('say how a kernel is dispatched', () => {
    const breaches = shaderFiles
      .filter(isKernel)
      .filter((shader) => !headerOf(shader).some((line) => line.startsWith('// Dispatch:')))
      .map((shader) => `${shader} has no "// Dispatch:" line in its opening comment`);
    expectNone(
      breaches,
      "Every kernel's opening comment says what one invocation and one workgroup compute.",
    );
  });

  test(`are all listed in ${SHADER_LIST}`, () => {
    const listed = exists(SHADER_LIST)
      ? importsOf([SHADER_LIST]).map(({ imported }) => imported)
      : shaderFiles;
    const missing = shaderFiles.filter((shader) => !listed.includes(shader));
    expectNone(missing, `Every file in shaders/ is imported by ${SHADER_LIST}; delete what nothing uses.`);
  });
});

interface Import {
  readonly file: string;
  /** A path from the root (`src/core/job.ts`) without query, or a package's name as written. */
  readonly imported: string;
}

function expectNone(breaches: readonly string[], rule: string): void {
  expect(breaches, `${rule}\n  ${breaches.join('\n  ')}\n`).toEqual([]);
}

/** Paths from the root with forward slashes; none if the folder is not there yet. */
function filesUnder(folder: string, extensions: readonly string[]): string[] {
  if (!exists(folder)) return [];
  return (
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => posix.join(folder, name.replaceAll('\\', '/')))
      // test/bench has packages of its own.
      .filter((file) => !file.includes('/node_modules/'))
      .filter((file) => extensions.includes(extname(file)))
      .toSorted()
  );
}

function exists(path: string): boolean {
  return existsSync(join(root, path));
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

function outside(folder: string): string[] {
  return sourceFiles.filter((file) => !file.startsWith(folder));
}

function partOf(file: string): string {
  return file.split('/')[1];
}

function isInTree(imported: string): boolean {
  return /^(src|shaders|test)\//.test(imported) || exists(imported);
}

function packageName(imported: string): string {
  return imported
    .split('/')
    .slice(0, imported.startsWith('@') ? 2 : 1)
    .join('/');
}

/** Static, dynamic and type imports, re-exports, CSS imports, and `new URL(…, import.meta.url)`. */
function importsOf(files: readonly string[]): Import[] {
  const specifiers =
    /(?:\bfrom\s*|\bimport\s*\(?\s*|\bnew URL\(\s*)(?:'([^'\n]+)'|"([^"\n]+)")|@import\s+(?:url\()?['"]([^'"\n]+)/g;
  return files.flatMap((file) =>
    [...withoutComments(read(file)).matchAll(specifiers)].map(([, single, double, css]) => {
      const [specifier] = (single ?? double ?? css).split('?');
      const isRelative = specifier.startsWith('.');
      return { file, imported: isRelative ? posix.join(posix.dirname(file), specifier) : specifier };
    }),
  );
}

/** Each cycle as `a → b → a`, found depth first. */
function cyclesAmong(imports: readonly Import[]): string[] {
  const cycles: string[] = [];
  const finished = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      return;
    }
    if (finished.has(file)) return;
    for (const { imported } of imports.filter((each) => each.file === file)) visit(imported, [...path, file]);
    finished.add(file);
  };
  for (const { file } of imports) visit(file, []);
  return cycles;
}

/** `file:line name` of every match in code, that is outside comments and strings. */
function placesOf(pattern: RegExp, files: readonly string[]): string[] {
  return files
    .filter((file) => extname(file) !== '.css')
    .flatMap((file) => {
      const code = withoutComments(read(file), { strings: false });
      return [...code.matchAll(pattern)].map(({ 0: name, index }) => {
        const line = code.slice(0, index).split('\n').length;
        return `${file}:${line} ${name}`;
      });
    });
}

/** Blanks comments (and strings, if asked) while keeping line numbers. Template literals keep their code. */
function withoutComments(text: string, { strings = true } = {}): string {
  const commentOrString = /\/\/.*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g;
  return text.replace(commentOrString, (match) =>
    strings && !match.startsWith('/') ? match : match.replace(/[^\n]/g, ' '),
  );
}

/** The lines of the comment that a shader opens with. */
function headerOf(shader: string): string[] {
  const lines = read(shader).split('\n');
  const end = lines.findIndex((line) => !line.startsWith('//'));
  return end < 0 ? lines : lines.slice(0, end);
}
