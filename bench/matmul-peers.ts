// The JavaScript libraries that multiply matrices, each wrapped to the same two calls. They live in bench/node_modules
// (`npm ci` in bench/); one that is not installed is skipped, with the reason.
import { fileURLToPath } from 'node:url';
import { type Matrix, matrix, toRows, zeros } from '../lib/numeric/matrix.ts';
import type { Absent } from './bench.ts';
import { onnxProduct } from './onnx-model.ts';

/** A product that is ready to be computed again and again. */
export interface PreparedProduct {
  /** Called before each turn, outside the timing. */
  begin?(): unknown;
  multiply(): unknown;
  /** The elements of the last product, row by row. */
  read(): ArrayLike<number> | Promise<ArrayLike<number>>;
}

export interface Peer {
  readonly name: string;
  prepare(a: Matrix, b: Matrix): PreparedProduct | Promise<PreparedProduct>;
}

/** Opens every peer that is installed. */
export async function openPeers(): Promise<(Peer | Absent)[]> {
  const openers = {
    'ndarray-gemm': openGemm,
    'ml-matrix': openMlMatrix,
    mathjs: openMathjs,
    'tfjs-cpu': () => openTensorflow('cpu'),
    'tfjs-wasm': () => openTensorflow('wasm'),
    'onnxruntime-web': openOnnx,
  };
  const peers: (Peer | Absent)[] = [];
  for (const [name, open] of Object.entries(openers)) {
    try {
      peers.push({ name, prepare: await open() });
    } catch (error) {
      peers.push({ name, reason: firstLine(error) });
    }
  }
  return peers;
}

function firstLine(error: unknown): string {
  const { code, message } = error as { code?: string; message: string };
  return code === 'ERR_MODULE_NOT_FOUND' ? 'not installed: `npm ci` in bench/' : message.split('\n')[0]!;
}

/** Imports a package whose types the root project does not have. */
async function load<T>(name: string): Promise<T> {
  return (await import(name)) as T;
}

async function openGemm(): Promise<Peer['prepare']> {
  type Gemm = (out: Matrix, a: Matrix, b: Matrix, alpha?: number, beta?: number) => void;
  const { default: gemm } = await load<{ default: Gemm }>('ndarray-gemm');
  return (a, b) => {
    const out = zeros(a.shape[0]!, b.shape[1]!, 'float32');
    return { multiply: () => gemm(out, a, b), read: () => out.data };
  };
}

async function openMlMatrix(): Promise<Peer['prepare']> {
  interface MlMatrix {
    mmul(other: MlMatrix): MlMatrix;
    to1DArray(): number[];
  }
  const { Matrix: MlMatrix } = await load<{ Matrix: new (rows: number[][]) => MlMatrix }>('ml-matrix');
  return (a, b) => {
    const [left, right] = [new MlMatrix(toRows(a)), new MlMatrix(toRows(b))];
    let product = left;
    return {
      multiply: () => {
        product = left.mmul(right);
      },
      read: () => product.to1DArray(),
    };
  };
}

async function openMathjs(): Promise<Peer['prepare']> {
  const { multiply } = await load<{ multiply(a: number[][], b: number[][]): number[][] }>('mathjs');
  return (a, b) => {
    const [left, right] = [toRows(a), toRows(b)];
    let product: number[][] = [];
    return {
      multiply: () => {
        product = multiply(left, right);
      },
      read: () => product.flat(),
    };
  };
}

interface Tensor {
  dispose(): void;
  dataSync(): Float32Array;
}

interface Tensorflow {
  tensor2d(data: Float32Array, shape: [number, number]): Tensor;
  matMul(a: Tensor, b: Tensor): Tensor;
  setBackend(name: string): Promise<boolean>;
  env(): { set(flag: string, value: boolean): void };
}

async function openTensorflow(backend: 'cpu' | 'wasm'): Promise<Peer['prepare']> {
  const tf = await load<Tensorflow>('@tensorflow/tfjs-core');
  tf.env().set('PROD', true); // no advice to use another package
  if (backend === 'wasm') {
    const { setWasmPaths } = await load<{ setWasmPaths(folder: string): void }>(
      '@tensorflow/tfjs-backend-wasm',
    );
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    const folder = 'node_modules/@tensorflow/tfjs-backend-wasm/dist/';
    setWasmPaths(fileURLToPath(new URL(folder, import.meta.url)));
  } else await load('@tensorflow/tfjs-backend-cpu');
  if (!(await tf.setBackend(backend))) throw new Error(`tfjs cannot start its ${backend} backend here`);
  const begin = () => tf.setBackend(backend); // both backends share one tfjs, which works on the chosen one
  return async (a, b) => {
    await begin();
    const tensor = ({ data, shape }: Matrix) => tf.tensor2d(data as Float32Array, shape as [number, number]);
    const [left, right] = [tensor(a), tensor(b)];
    let product: Tensor | null = null;
    return {
      begin,
      multiply: () => {
        product?.dispose();
        product = tf.matMul(left, right);
      },
      read: () => product?.dataSync() ?? [],
    };
  };
}

interface Onnx {
  env: { wasm: { numThreads: number }; logLevel: string };
  Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => { data: Float32Array };
  InferenceSession: { create(model: Uint8Array): Promise<OnnxSession> };
}

interface OnnxSession {
  run(feeds: Record<string, { data: Float32Array }>): Promise<Record<string, { data: Float32Array }>>;
}

async function openOnnx(): Promise<Peer['prepare']> {
  const onnx = await load<Onnx>('onnxruntime-web');
  onnx.env.wasm.numThreads = 1;
  onnx.env.logLevel = 'error';
  return async (a, b) => {
    const tensor = ({ data, shape }: Matrix) => new onnx.Tensor('float32', data as Float32Array, shape);
    const feeds = { a: tensor(a), b: tensor(b) };
    const shape = [a.shape[0]!, a.shape[1]!, b.shape[1]!] as const;
    const session = await onnx.InferenceSession.create(onnxProduct(...shape));
    let product = matrix(new Float32Array(0), 0, 0).data;
    return {
      multiply: async () => {
        product = (await session.run(feeds)).c!.data;
      },
      read: () => product,
    };
  };
}
