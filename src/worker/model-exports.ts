import {
  InputError,
  memberCountOf,
  modelWriters,
  revealed,
  type ExportFormat,
  type Model,
  type WrittenFormat,
} from '../index.ts';

/** One way to hand a model on. */
interface ModelExport {
  readonly label: string;
  /** What it is, in one line. */
  readonly purpose: string;
  /** The same where several networks predict together, if it is another: an ensemble is not trained on. */
  readonly ofEnsemble?: string;
  /** Behind the name of the table. */
  readonly ending: string;
  readonly mediaType: string;
}

const BYTES = 'application/octet-stream';
const PYTHON = 'text/x-python';

/** Every way, in the order it is offered. */
const modelExports: Readonly<Record<WrittenFormat, ModelExport>> = {
  model: {
    label: 'handgrad model',
    purpose: 'Everything: opens here again, predicts, and goes on training.',
    ofEnsemble: 'Everything: opens here again, and predicts.',
    ending: '.handgrad.safetensors',
    mediaType: BYTES,
  },
  onnx: {
    label: 'ONNX',
    purpose: 'Rows in, predictions out, for every ONNX runtime: scaling and probabilities are inside.',
    ending: '.onnx',
    mediaType: BYTES,
  },
  pytorch: {
    label: 'PyTorch script',
    purpose: 'Predicts, and trains on from the same state, on one machine or under torchrun.',
    ofEnsemble: 'Predicts with all networks at once.',
    ending: '-pytorch.py',
    mediaType: PYTHON,
  },
  numpy: {
    label: 'NumPy script',
    purpose: 'The same with the mathematics written out, to be read.',
    ending: '-numpy.py',
    mediaType: PYTHON,
  },
  javascript: {
    label: 'JavaScript module',
    purpose: 'One file without dependencies, with predict(row).',
    ending: '.mjs',
    mediaType: 'text/javascript',
  },
  safetensors: {
    label: 'Weights',
    purpose: 'The weights and biases alone, in float64, named as PyTorch names them.',
    ofEnsemble:
      'The weights and biases of every network alone, in float64: members.0.layers.0.weight and so on.',
    ending: '.weights.safetensors',
    mediaType: BYTES,
  },
};
const writtenFormats = Object.keys(modelExports) as readonly WrittenFormat[];

/** What the page says of one way before it is taken. */
export interface ExportOffer {
  readonly format: ExportFormat;
  readonly label: string;
  readonly purpose: string;
  readonly fileName: string;
  /** What of the table it reveals, as a sentence. */
  readonly revealed: string;
  /** Of the file; undefined where that is known only once it is made. */
  readonly byteCount: number | undefined;
  /** Why this model cannot be written so. */
  readonly problem: string | undefined;
}

/** A model as a file. @throws InputError where the format cannot hold it */
export function exportModel(model: Model, format: WrittenFormat): Blob {
  return new Blob([modelWriters[format](model)], { type: modelExports[format].mediaType });
}

/** Every way for one model, with what it comes to. */
export function offerExports(model: Model): ExportOffer[] {
  const isEnsemble = memberCountOf(model) > 1;
  return writtenFormats.map((format) => {
    const { label, purpose: ofOne, ofEnsemble = ofOne, ending } = modelExports[format];
    const fileName = `${fileStem(model.table.name)}${ending}`;
    const purpose = isEnsemble ? ofEnsemble : ofOne;
    const offer = { format, label, purpose, revealed: revealed(model, format), fileName };
    try {
      return { ...offer, byteCount: exportModel(model, format).size, problem: undefined };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return { ...offer, byteCount: undefined, problem: error.message };
    }
  });
}

/** The certificate of a run, which is made when it is asked for. @param problem why there can be none */
export function offerCertificate(model: Model, problem: string | undefined): ExportOffer {
  return {
    format: 'certificate',
    label: 'Certificate',
    purpose: 'What the run was and came to, sealed: handgrad verify repeats it and says whether it holds.',
    fileName: `${fileStem(model.table.name)}.certificate.json`,
    revealed: revealed(model, 'certificate'),
    byteCount: undefined,
    problem,
  };
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
