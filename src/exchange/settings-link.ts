/** Settings as they stand in an address: which sample, and what was changed of what it begins with. */
export interface SettingsLink {
  /** The id of a sample; undefined for a person's own table, of which a link says nothing. */
  readonly sample: string | undefined;
  /** By name, as the page calls them: `learningRate` → `0.05`. */
  readonly settings: ReadonlyMap<string, string>;
  /** What could not be understood, as it stands in the address. */
  readonly leftOut: readonly string[];
}

/** Numbers, names and lists of them; nothing else gets into an address or out of one. */
const VALUE = /^[A-Za-z0-9.,;:/+ -]{0,400}$/;
const LONGEST_LINK = 4000;
const SHOWN_LENGTH = 40;
const SAMPLE = 'sample';
/** Stands where a person's own table is meant. */
const OWN_TABLE = 'own';

/**
 * The fragment of an address that holds settings: `sample=iris&learning-rate=0.05`. It has room for settings alone:
 * never a cell, a column name or a category.
 */
export function writeSettingsLink({ sample, settings }: Omit<SettingsLink, 'leftOut'>): string {
  const parameters = new URLSearchParams();
  parameters.set(SAMPLE, sample ?? OWN_TABLE);
  for (const [name, value] of settings) if (VALUE.test(value)) parameters.set(kebab(name), value);
  // Both may stand there as they are, and what is swept is full of them: `0.001..1:log:8`, `3/5/8`.
  return parameters.toString().replaceAll('%3A', ':').replaceAll('%2F', '/');
}

/**
 * Reads such a fragment; what is no setting is left out and named.
 *
 * @param fragment with or without its `#`
 * @param names the settings there are
 * @returns undefined where the fragment holds none
 */
export function readSettingsLink(fragment: string, names: readonly string[]): SettingsLink | undefined {
  const text = fragment.replace(/^#/, '');
  if (!text.includes('=')) return undefined;
  if (text.length > LONGEST_LINK) return { sample: undefined, settings: new Map(), leftOut: [shown(text)] };
  const known = new Map(names.map((name) => [kebab(name), name]));
  const settings = new Map<string, string>();
  const leftOut: string[] = [];
  let sample: string | undefined;
  for (const [key, value] of new URLSearchParams(text)) {
    const name = known.get(key);
    if (key === SAMPLE && VALUE.test(value)) sample = value === OWN_TABLE ? undefined : value;
    else if (name !== undefined && VALUE.test(value) && !settings.has(name)) settings.set(name, value);
    else leftOut.push(shown(`${key}=${value}`));
  }
  return { sample, settings, leftOut };
}

/** `learningRate` → `learning-rate`, as the command line writes it. */
function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Short, and in one line. */
function shown(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > SHOWN_LENGTH ? `${line.slice(0, SHOWN_LENGTH)}…` : line;
}
