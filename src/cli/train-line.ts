import { Command } from 'commander';
import {
  sweptNames,
  sweptText,
  type Backend,
  type JobSettings,
  type Plan,
  type SweptValues,
} from '../index.ts';
import { precisionOption } from './flags.ts';
import { addNetworkFlags } from './network-flags.ts';
import { flagOf } from './sweep-flags.ts';
import { addTableFlags } from './table-flags.ts';
import { kebab } from './wording.ts';

/** A flag as a person wrote it. */
interface WrittenFlag {
  /** What it is called in commander. */
  readonly attribute: string;
  readonly long: string;
  /** Undefined for one that takes none. */
  readonly text: string | undefined;
}

/** What the line says of one network. */
export interface NetworkOfLine {
  readonly settings: JobSettings;
  readonly values: SweptValues;
  readonly splitSeed: number;
  readonly backend: Backend['name'];
  readonly plan: Plan | undefined;
}

/** Flags that the line says in its own way. */
const REPLACED: ReadonlySet<string> = new Set([...Object.values(flagOf), 'seed', 'splitSeed']);
/** What it repeats: flags that `train` has too, of the table, the network and its numbers. */
const repeated: ReadonlySet<string> = new Set(
  addNetworkFlags(addTableFlags(new Command()))
    .addOption(precisionOption())
    .options.map((option) => option.attributeName())
    .filter((attribute) => !REPLACED.has(attribute)),
);
/** What no shell takes for anything but itself. */
const PLAIN = /^[\w@%+=:,./-]+$/;

/** The flags of a command line, in their order; filled while the command parses it. */
export function watchFlags(command: Command): readonly WrittenFlag[] {
  const written: WrittenFlag[] = [];
  for (const option of command.options) {
    const { long } = option;
    if (!long) continue;
    command.on(`option:${option.name()}`, (text?: string | null) => {
      written.push({ attribute: option.attributeName(), long, text: text ?? undefined });
    });
  }
  return written;
}

/**
 * The command line that trains one network of a sweep alone, for a POSIX shell.
 *
 * @param written the flags of the sweep
 */
export function trainLine(
  file: string | undefined,
  written: readonly WrittenFlag[],
  { settings, values, splitSeed, backend, plan }: NetworkOfLine,
): string {
  const kept = written.filter(({ attribute }) => repeated.has(attribute));
  const given = new Set(written.map(({ attribute }) => attribute));
  const own = sweptNames.flatMap((name) => {
    const value = settings[name];
    // Beside a list of optimizers all have one learning rate; each alone would take its own.
    const isSaid = name in values || given.has(flagOf[name]) || name === 'learningRate';
    if (name === 'seed' || value === undefined || !isSaid) return [];
    return [`--${kebab(flagOf[name])}`, sweptText(value)];
  });
  const { seed } = settings;
  const words = [
    'handgrad',
    'train',
    ...(file === undefined ? [] : [pathText(file)]),
    ...kept.flatMap(({ long, text }) => [long, ...(text === undefined ? [] : [text])]),
    ...own,
    '--seed',
    String(seed),
    ...(splitSeed === seed ? [] : ['--split-seed', String(splitSeed)]),
    '--backend',
    backend,
    ...(plan && plan.strategy !== 'reference' ? ['--strategy', plan.strategy] : []),
  ];
  return words.map(quotedForShell).join(' ');
}

/** What would be read as a flag is named with its folder; `-` alone is standard input. */
function pathText(file: string): string {
  return file.length > 1 && file.startsWith('-') ? `./${file}` : file;
}

function quotedForShell(word: string): string {
  if (PLAIN.test(word)) return word;
  const escaped = word.replaceAll("'", String.raw`'\''`);
  if (!/[\p{Cc}\p{Cf}]/u.test(word)) return `'${escaped}'`;
  // What would move the cursor is not printed as it stands.
  const spelled = word
    .replace(/[\\']/g, String.raw`\$&`)
    .replace(
      /[\p{Cc}\p{Cf}]/gu,
      (mark) => String.raw`\u` + (mark.codePointAt(0) ?? 0).toString(16).padStart(4, '0'),
    );
  return `$'${spelled}'`;
}
