import type { Tensor } from '../../src/exchange/safetensors.ts';

/** What safetensors.numpy.save wrote, version 0.8.0, without and with metadata={'format': 'pt'}. */
const python = {
  plain:
    '2AAAAAAAAAB7ImxheWVycy4wLmJpYXMiOnsiZHR5cGUiOiJGNjQiLCJzaGFwZSI6WzNdLCJkYXRhX29mZnNldHMiOlswLDI0XX0sImxheWVycy4xLndlaWdodCI6eyJkdHlwZSI6IkY2NCIsInNoYXBlIjpbMSwzXSwiZGF0YV9vZmZzZXRzIjpbMjQsNDhdfSwibGF5ZXJzLjAud2VpZ2h0Ijp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlszLDJdLCJkYXRhX29mZnNldHMiOls0OCw3Ml19fSAgICAgICCamZmZmZm5P5qZmZmZmcm/WfP4wh9upQEAAAAAAAD4vwAAAAAAAAAAAAAAAAAAHEAAAIA/AAAAQAAAQEAAAIBAAACgQAAA0EA=',
  'with metadata':
    '8AAAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJmb3JtYXQiOiJwdCJ9LCJsYXllcnMuMC5iaWFzIjp7ImR0eXBlIjoiRjY0Iiwic2hhcGUiOlszXSwiZGF0YV9vZmZzZXRzIjpbMCwyNF19LCJsYXllcnMuMS53ZWlnaHQiOnsiZHR5cGUiOiJGNjQiLCJzaGFwZSI6WzEsM10sImRhdGFfb2Zmc2V0cyI6WzI0LDQ4XX0sImxheWVycy4wLndlaWdodCI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMywyXSwiZGF0YV9vZmZzZXRzIjpbNDgsNzJdfX2amZmZmZm5P5qZmZmZmcm/WfP4wh9upQEAAAAAAAD4vwAAAAAAAAAAAAAAAAAAHEAAAIA/AAAAQAAAQEAAAIBAAACgQAAA0EA=',
};

/** A fresh copy of a file written in Python: a network of 2-3-1, biases in its hidden layer. */
export function pythonFile(name: keyof typeof python): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(python[name]), (character) => character.charCodeAt(0));
}

/** What is in it. */
export const pythonTensors: ReadonlyMap<string, Tensor> = new Map([
  ['layers.0.weight', { dtype: 'F32', shape: [3, 2], data: Float64Array.of(1, 2, 3, 4, 5, 6.5) }],
  ['layers.0.bias', { dtype: 'F64', shape: [3], data: Float64Array.of(0.1, -0.2, 1e-300) }],
  ['layers.1.weight', { dtype: 'F64', shape: [1, 3], data: Float64Array.of(-1.5, 0, 7) }],
]);

/** A safetensors file with this header, as it stands or as JSON, and so many bytes of zeros. */
export function fileOf(header: string | object, dataBytes: number): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  return file;
}
