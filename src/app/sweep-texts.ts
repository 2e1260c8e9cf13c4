import { sweptNames, type SweptName } from '../index.ts';

/** What a person wrote to be swept; empty where a setting is as on the Train page. */
export type SweepTexts = Readonly<Partial<Record<SweptName, string>>>;

/** What the Sweep page begins with. */
export const USUAL_TEXTS: SweepTexts = { seed: '1..64' };

const DRAW = 'sweepDraw';

/** What is swept goes by these names in an address: `sweep-learning-rate`. */
export const sweepFields: readonly string[] = [DRAW, ...sweptNames.map(fieldOf)];

/** What is swept as fields of an address, as far as it is not what the page begins with. */
export function sweepToFields(texts: SweepTexts, drawText: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const name of sweptNames) {
    const text = texts[name] ?? '';
    if (text !== (USUAL_TEXTS[name] ?? '')) fields.set(fieldOf(name), text);
  }
  if (drawText !== '') fields.set(DRAW, drawText);
  return fields;
}

/** What such fields say; undefined where there are none. */
export function sweepOfFields(
  fields: ReadonlyMap<string, string>,
): { readonly texts: SweepTexts; readonly drawText: string } | undefined {
  if (!sweepFields.some((field) => fields.has(field))) return undefined;
  const texts = sweptNames.map((name) => [name, fields.get(fieldOf(name)) ?? USUAL_TEXTS[name] ?? '']);
  return {
    texts: Object.fromEntries(texts.filter(([, text]) => text.trim() !== '')) as SweepTexts,
    drawText: fields.get(DRAW) ?? '',
  };
}

/** `learningRate` → `sweepLearningRate`. */
function fieldOf(name: SweptName): string {
  return `sweep${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
