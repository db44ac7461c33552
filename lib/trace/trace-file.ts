// A trace as one file: the safetensors layout, so that Python opens its arrays as well (docs/trace.md).
// The metadata `trace` is the trace as JSON in which every array is a reference, {"array": name}; the arrays are named by
// their way through that JSON, such as rounds.3.details.losses. Nothing is trusted on the way back.
import { expectParts, inWords } from '../numeric/arguments.ts';
import {
  decodeSafetensors,
  encodeSafetensors,
  SafetensorsError,
  type Tensor,
  type TensorData,
} from '../numeric/safetensors.ts';
import { checkTrace, TraceError } from './check-trace.ts';
import type { Trace } from './trace.ts';
import { withNamedMetrics } from './version-1.ts';

export { TraceError } from './check-trace.ts';

const FORMAT = 'fedtlrec-trace';
const VERSION = '2';
const READABLE = ['1', VERSION];

/** A trace as bytes. Numbers that JSON has no word for (NaN) are kept as null. */
export function encodeTrace(trace: Trace): Uint8Array {
  expectParts('encodeTrace', 'trace', trace, 'recorder.trace()', { rounds: 'list', about: 'object' });
  const tensors: Record<string, Tensor> = {};
  const tree = takeArrays(trace, '', tensors);
  return encodeSafetensors({
    tensors,
    metadata: { format: FORMAT, version: VERSION, trace: JSON.stringify(tree) },
  });
}

/**
 * Reads a trace back.
 *
 * @throws TraceError with the reason: no safetensors file, no trace, an unknown version, or a part that is missing or
 * has another length than the header says
 */
export function decodeTrace(bytes: Uint8Array): Trace {
  if (!(bytes instanceof Uint8Array))
    throw new TypeError(`decodeTrace: bytes must be a Uint8Array, got ${inWords(bytes)}`);
  const { tensors, metadata } = readTensors(bytes);
  if (metadata.format !== FORMAT)
    throw new TraceError(`the format must be ${FORMAT}, got ${metadata.format ?? 'none'}`);
  if (!READABLE.includes(metadata.version ?? ''))
    throw new TraceError(`the version must be ${READABLE.join(' or ')}, got ${metadata.version}`);
  const trace = putArrays(parse(metadata.trace), tensors);
  return checkTrace(metadata.version === '1' ? withNamedMetrics(trace) : trace);
}

function readTensors(bytes: Uint8Array): ReturnType<typeof decodeSafetensors> {
  try {
    return decodeSafetensors(bytes);
  } catch (error) {
    if (error instanceof SafetensorsError) throw new TraceError(error.message);
    throw error;
  }
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    throw new TraceError('its description is not JSON');
  }
}

/** The value with references in place of arrays, which are moved to `tensors`. */
function takeArrays(value: unknown, path: string, tensors: Record<string, Tensor>): unknown {
  if (ArrayBuffer.isView(value)) {
    const data = value as TensorData;
    tensors[path] = { shape: [data.length], data };
    return { array: path };
  }
  if (Array.isArray(value)) return value.map((part, at) => takeArrays(part, join(path, String(at)), tensors));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, part]) => [
    key,
    takeArrays(part, join(path, key), tensors),
  ]);
  return Object.fromEntries(entries);
}

/** The value with arrays in place of references. */
function putArrays(value: unknown, tensors: Readonly<Record<string, Tensor>>): unknown {
  if (Array.isArray(value)) return value.map((part) => putArrays(part, tensors));
  if (typeof value !== 'object' || value === null) return value;
  const { array } = value as { array?: unknown };
  if (typeof array === 'string') {
    if (!Object.hasOwn(tensors, array)) throw new TraceError(`the array ${array} is missing`);
    return tensors[array]!.data;
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, putArrays(part, tensors)]));
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
