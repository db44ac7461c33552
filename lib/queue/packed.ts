// A value as bytes, exactly: what a job gives back, numbers and arrays alike. In: plain objects and lists with typed arrays anywhere;
// out: one file in the safetensors layout, whose metadata hold the rest as JSON, and back. Nothing is trusted on the way back.
import {
  decodeSafetensors,
  encodeSafetensors,
  SafetensorsError,
  type Tensor,
  type TensorData,
} from '../numeric/safetensors.ts';
import { QueueError } from './queue-error.ts';

/** Where an array stood. */
const ARRAY = '$array';
/** A number that JSON has no word for: NaN, ±Infinity, −0. */
const NUMBER = '$number';

/** The value as bytes; what is undefined is left out. */
export function pack(value: unknown): Uint8Array {
  const tensors: Record<string, Tensor> = {};
  const text = JSON.stringify(takeApart(value, tensors));
  return encodeSafetensors({ tensors, metadata: { value: text } });
}

/** @throws QueueError if the bytes are not what `pack` writes */
export function unpack(bytes: Uint8Array): unknown {
  try {
    const { tensors, metadata } = decodeSafetensors(bytes);
    return putTogether(JSON.parse(metadata.value ?? ''), tensors);
  } catch (error) {
    if (error instanceof SafetensorsError || error instanceof SyntaxError)
      throw new QueueError(`what a job gave back cannot be read: ${error.message}`);
    throw error;
  }
}

function takeApart(value: unknown, tensors: Record<string, Tensor>): unknown {
  if (ArrayBuffer.isView(value)) {
    const name = String(Object.keys(tensors).length);
    tensors[name] = { shape: [(value as TensorData).length], data: value as TensorData };
    return { [ARRAY]: name };
  }
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
    return { [NUMBER]: Object.is(value, -0) ? '-0' : String(value) };
  if (Array.isArray(value)) return value.map((part) => takeApart(part, tensors));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, takeApart(part, tensors)]));
}

function putTogether(value: unknown, tensors: Readonly<Record<string, Tensor>>): unknown {
  if (Array.isArray(value)) return value.map((part) => putTogether(part, tensors));
  if (typeof value !== 'object' || value === null) return value;
  const { [ARRAY]: name, [NUMBER]: number } = value as { [ARRAY]?: unknown; [NUMBER]?: unknown };
  if (typeof number === 'string') return Number(number);
  if (typeof name === 'string') {
    if (!Object.hasOwn(tensors, name)) throw new SafetensorsError(`array ${name} is missing`);
    return tensors[name]!.data;
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, putTogether(part, tensors)]));
}
