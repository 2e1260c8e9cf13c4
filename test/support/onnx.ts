import * as ort from 'onnxruntime-web';
// What the runtime has for reading such files: it knows nothing of handgrad's own list of fields.
import protobuf from '../../node_modules/onnxruntime-web/lib/onnxjs/ort-schema/protobuf/onnx.js';
import { isMissing, readNumber } from '../../src/data/numbers.ts';
import type { Encoding } from '../../src/index.ts';

// In Node, threads take longer to start than these networks to run.
ort.env.wasm.numThreads = 1;

/** What a file answers, by name of the output: numbers row-major, or texts. */
export type OnnxAnswers = ReadonlyMap<
  string,
  { readonly shape: readonly number[]; readonly data: Float64Array | readonly string[] }
>;

/** A row as it stands in a table, by the name of the column. */
export type Row = ReadonlyMap<string, string>;

/** Runs a file in onnxruntime-web, on its CPU path, as somebody would who has rows of text. */
export async function runOnnx(
  file: Uint8Array,
  { inputs }: Encoding,
  rows: readonly Row[],
): Promise<OnnxAnswers> {
  const feeds = inputs.map(({ column, type }, index) => {
    const cells = rows.map((row) => row.get(column) ?? '');
    const numbers = () =>
      Float64Array.from(cells, (cell) => (isMissing(cell) ? NaN : (readNumber(cell) ?? NaN)));
    const shape = [rows.length, 1];
    const tensor =
      type === 'number'
        ? new ort.Tensor('float64', numbers(), shape)
        : new ort.Tensor('string', cells, shape);
    return [`input_${index}`, tensor] as const;
  });
  const session = await ort.InferenceSession.create(file, { executionProviders: ['wasm'] });
  try {
    const answers = await session.run(Object.fromEntries(feeds));
    return new Map(
      Object.entries(answers).map(([name, { dims, data }]) => {
        const values = data as Float32Array | Float64Array | string[];
        return [name, { shape: dims, data: Array.isArray(values) ? values : Float64Array.from(values) }];
      }),
    );
  } finally {
    await session.release();
  }
}

/** A file, read by what belongs to the runtime. */
export function decodeOnnx(file: Uint8Array): protobuf.onnx.ModelProto {
  return protobuf.onnx.ModelProto.decode(file);
}
