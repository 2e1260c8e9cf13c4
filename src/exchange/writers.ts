import { writeJavaScript } from './javascript.ts';
import type { Model } from './model.ts';
import { writeModel, writeParameters } from './model-file.ts';
import { writeNumpy } from './numpy.ts';
import { writeOnnx } from './onnx.ts';
import { writePytorch } from './pytorch.ts';
import type { ExportFormat } from './reveals.ts';

/** What a model alone can be written as; a certificate takes a run. */
export type WrittenFormat = Exclude<ExportFormat, 'certificate'>;

/** Every way to write a model. */
export const modelWriters: Readonly<
  Record<WrittenFormat, (model: Model) => Uint8Array<ArrayBuffer> | string>
> = {
  model: writeModel,
  safetensors: writeParameters,
  onnx: writeOnnx,
  pytorch: writePytorch,
  numpy: writeNumpy,
  javascript: writeJavaScript,
};
