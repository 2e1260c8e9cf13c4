/** Controls that a classroom link can leave out, by the names they have in it. */
export const hideable = {
  table: {
    label: 'Other tables',
    sentence: 'Opening, pasting and choosing a table, and its columns. The table itself stays.',
  },
  settings: { label: 'Settings', sentence: 'What can be set about the network and its training.' },
  path: { label: 'Path', sentence: 'The choice between CPU and GPU.' },
  compare: { label: 'Compare and Step', sentence: 'Train, Stop and Reset stay.' },
  details: {
    label: 'Details',
    sentence: 'Measures, timing, predictions, checks and weights, below the verdict.',
  },
  downloads: {
    label: 'Downloads',
    sentence: 'Saving models, predictions and the networks of a sweep as files.',
  },
  pages: { label: 'Other pages', sentence: 'The links to the pages beside the one that is shown.' },
} as const satisfies Record<string, { readonly label: string; readonly sentence: string }>;

export type HideableName = keyof typeof hideable;

export const hideableNames = Object.keys(hideable) as HideableName[];

/** What is hidden stands under this name in an address: `hide=table+settings`. */
export const HIDE = 'hide';

/** What is hidden as it stands in an address; a space is written there as `+`. */
export function hideText(hidden: ReadonlySet<HideableName>): string {
  return hideableNames.filter((name) => hidden.has(name)).join(' ');
}

/** Reads names joined by `+`, commas or spaces; those that nothing is called are left out and told. */
export function readHide(text: string): {
  readonly hidden: ReadonlySet<HideableName>;
  readonly leftOut: readonly string[];
} {
  const hidden = new Set<HideableName>();
  const leftOut: string[] = [];
  for (const word of text.split(/[\s,+]+/).filter(Boolean)) {
    const name = hideableNames.find((each) => each === word);
    if (name === undefined) leftOut.push(word);
    else hidden.add(name);
  }
  return { hidden, leftOut };
}
