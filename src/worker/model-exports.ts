import { InputError, writeModel, writeParameters, type Model } from '../index.ts';

/** What of the table an export can give away. */
export const revelations = {
  tableName: 'the name of the table',
  columns: 'column names',
  categories: 'categories and classes',
  ranges: 'ranges of numbers',
  rows: 'which rows it learnt from',
} as const;
type Revelation = keyof typeof revelations;

/** One way to hand a model on. */
interface ModelExport {
  readonly label: string;
  /** What it is, in one line. */
  readonly purpose: string;
  /** Behind the name of the table. */
  readonly ending: string;
  readonly mediaType: string;
  /** What of the table stands in it. No cell ever does. */
  readonly reveals: readonly Revelation[];
  readonly write: (model: Model) => Uint8Array<ArrayBuffer> | string;
}

const BYTES = 'application/octet-stream';

/** Every way, in the order it is offered. */
export const modelExports = {
  model: {
    label: 'handgrad model',
    purpose: 'Everything: opens here again, predicts, and goes on training.',
    ending: '.handgrad.safetensors',
    mediaType: BYTES,
    reveals: ['tableName', 'columns', 'categories', 'ranges', 'rows'],
    write: writeModel,
  },
  safetensors: {
    label: 'Weights',
    purpose: 'The weights and biases alone, in float64, named as PyTorch names them.',
    ending: '.weights.safetensors',
    mediaType: BYTES,
    reveals: [],
    write: writeParameters,
  },
} as const satisfies Record<string, ModelExport>;

export type ExportFormat = keyof typeof modelExports;
export const exportFormats = Object.keys(modelExports) as readonly ExportFormat[];

/** What the page says of one way before it is taken. */
export interface ExportOffer {
  readonly format: ExportFormat;
  readonly label: string;
  readonly purpose: string;
  readonly fileName: string;
  readonly reveals: readonly Revelation[];
  /** Of the file. */
  readonly byteCount: number | undefined;
  /** Why this model cannot be written so. */
  readonly problem: string | undefined;
}

/** A model as a file. @throws InputError where the format cannot hold it */
export function exportModel(model: Model, format: ExportFormat): Blob {
  const { write, mediaType }: ModelExport = modelExports[format];
  return new Blob([write(model)], { type: mediaType });
}

/** Every way for one model, with what it comes to. */
export function offerExports(model: Model): ExportOffer[] {
  return exportFormats.map((format) => {
    const { label, purpose, ending, reveals }: ModelExport = modelExports[format];
    const offer = { format, label, purpose, reveals, fileName: `${fileStem(model.table.name)}${ending}` };
    try {
      return { ...offer, byteCount: exportModel(model, format).size, problem: undefined };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return { ...offer, byteCount: undefined, problem: error.message };
    }
  });
}

const LONGEST_STEM = 60;

/** What a file is called after the name of a table: letters, digits, `-` and `_`, without its ending. */
export function fileStem(name: string): string {
  const stem = name
    .replace(/(\.handgrad)?\.(csv|tsv|txt|safetensors)$/i, '')
    .normalize('NFKC')
    .replace(/[^\p{L}\p{N}_-]+/gu, '-')
    .replace(/^[-_]+|[-_]+$/g, '')
    .slice(0, LONGEST_STEM)
    .replace(/[-_]+$/, '');
  // A name that Windows keeps for a device.
  return stem === '' || /^(con|prn|aux|nul|com\d|lpt\d)$/i.test(stem) ? 'model' : stem;
}
