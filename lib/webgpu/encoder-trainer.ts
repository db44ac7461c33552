// Trains an encoder block on the GPU. A step (forward, loss, backward, SGD) is recorded once and replayed: one submission
// and, for the loss, one read-back of a single number. In: a block of the processor, inputs and targets; out: losses,
// and the trained block when it is asked for.
import { namedParameters, type ParameterTree } from '../model/parameters.ts';
import type { EncoderBlockParameters } from '../model/transformer.ts';
import {
  expectInteger,
  expectShape,
  type Matrix,
  matrix,
  rowMajorData,
  vector,
} from '../numeric/ndarrays.ts';
import { multiplyRows, subtract } from './elementwise.ts';
import { encoderBlock, encoderBlockBackward, type GpuEncoderParameters } from './encoder-block.ts';
import type { Gpu } from './gpu.ts';
import { GpuMatrix, readAll } from './gpu-matrix.ts';
import { sgdStep } from './optimizer.ts';
import type { Recording } from './recording.ts';
import { columnSums, rowDots } from './rows.ts';

export interface EncoderTrainerOptions {
  readonly heads: number;
  readonly learningRate: number;
  /** 1 = the client is present, [clients]: nobody looks at an absent one. Default: all are present. */
  readonly keyMask?: Uint8Array;
  /** 1 = the client's row counts in the loss, [clients]. Default: all do. */
  readonly lossMask?: Uint8Array;
  /** Whether a client may not look at itself. */
  readonly noSelf?: boolean;
}

/** What training has made. */
export interface TrainedEncoder {
  /** The mean squared error before the last step. */
  readonly loss: number;
  /** The block's output before the last step, [clients, dim]. */
  readonly output: Matrix;
  /** The block after the last step, with the element types that it came with. */
  readonly parameters: EncoderBlockParameters;
}

/** An encoder block on the GPU that learns to turn its inputs into targets, by SGD on the mean squared error. */
export class EncoderTrainer {
  private readonly original: EncoderBlockParameters;
  private readonly parameters: GpuEncoderParameters;
  private readonly inputs: readonly GpuMatrix[];
  private readonly recording: Recording<{ loss: GpuMatrix; output: GpuMatrix }>;

  /**
   * @param parameters where to start; not changed
   * @param clients X [clients, dim]
   * @param target what the output shall be [clients, dim]
   * @throws RangeError if the shapes do not fit
   */
  constructor(
    gpu: Gpu,
    parameters: EncoderBlockParameters,
    clients: Matrix,
    target: Matrix,
    options: EncoderTrainerOptions,
  ) {
    const { heads, learningRate, lossMask, noSelf } = options;
    const [count, dim] = clients.shape as [number, number];
    expectShape('EncoderTrainer', 'target', target, [count, dim]);
    expectMask('keyMask', options.keyMask, count);
    expectMask('lossMask', lossMask, count);
    const up = (values: ArrayLike<number>, rows: number, columns: number) =>
      GpuMatrix.from(gpu, matrix(Float32Array.from(values), rows, columns));
    const keyMask = options.keyMask && up(options.keyMask, 1, count);
    const ownColumn = noSelf ? up([...Array(count).keys()], count, 1) : undefined;
    const counts = lossMask && up(lossMask, count, 1);
    const [input, wanted] = [GpuMatrix.from(gpu, clients), GpuMatrix.from(gpu, target)];
    this.original = parameters;
    this.parameters = mapTree(parameters, (leaf) => GpuMatrix.from(gpu, leaf)) as GpuEncoderParameters;
    this.inputs = [input, wanted, keyMask, ownColumn, counts].filter((made) => made !== undefined);
    const numbers = dim * (lossMask ? lossMask.reduce((sum, value) => sum + value, 0) : count);
    const counted = (rows: GpuMatrix) => (counts ? multiplyRows(rows, counts) : rows);
    this.recording = gpu.record(() => {
      const { output, cache } = encoderBlock(this.parameters, input, { heads, keyMask, ownColumn });
      const error = counted(subtract(output, wanted)); // [clients, dim]
      const loss = columnSums(rowDots(error, error), 1 / numbers); // [1, 1]
      const outputGradient = counted(subtract(output, wanted, 2 / numbers)); // [clients, dim]
      const gradients = encoderBlockBackward(this.parameters, input, cache, outputGradient);
      const derivatives = leavesOf(gradients.parameters);
      leavesOf(this.parameters).forEach((leaf, index) => {
        sgdStep(leaf, derivatives[index]!, { learningRate });
      });
      return { loss, output };
    });
  }

  /** One step. @returns the loss before it */
  async step(): Promise<number> {
    this.recording.run();
    return (await this.recording.result.loss.read()).get(0, 0);
  }

  /** Several steps without waiting in between, and one read-back of everything. */
  async train(steps: number): Promise<TrainedEncoder> {
    expectInteger('EncoderTrainer.train', 'steps', steps, 1);
    for (let step = 0; step < steps; step++) this.recording.run();
    const { loss, output } = this.recording.result;
    const read = await readAll([loss, output, ...leavesOf(this.parameters)]);
    return { loss: read[0]!.get(0, 0), output: read[1]!, parameters: this.likeOriginal(read.slice(2)) };
  }

  /** A tree with the names and element types of the block that training began with. */
  private likeOriginal(read: readonly Matrix[]): EncoderBlockParameters {
    const values = new Map(namedParameters(this.original).map(({ name }, index) => [name, read[index]!]));
    return mapTree(this.original, (_, name, leaf) => {
      const flat = rowMajorData(values.get(name)!);
      const data = leaf.data instanceof Float32Array ? flat : Float64Array.from(flat);
      const [rows, columns] = leaf.shape as [number, number];
      return leaf.dimension === 1 ? vector(data) : matrix(data, rows, columns);
    }) as EncoderBlockParameters;
  }

  /** Gives all memory back. */
  release(): void {
    this.recording.release();
    for (const leaf of [...this.inputs, ...leavesOf(this.parameters)]) leaf.release();
  }
}

type Leaf = Exclude<ParameterTree[string], ParameterTree>;

/** A tree of the same form, whose leaves are made from the matrices of another; a vector is seen as one row. */
function mapTree(
  tree: ParameterTree,
  change: (asMatrix: Matrix, name: string, leaf: Leaf) => unknown,
  prefix = '',
): unknown {
  const entries = Object.entries(tree).map(([key, node]) => {
    const name = prefix + key;
    if (!ArrayBuffer.isView(node.data)) return [key, mapTree(node as ParameterTree, change, `${name}.`)];
    const leaf = node as Leaf;
    const [known] = namedParameters({ leaf });
    const columns = leaf.shape.at(-1)!;
    return [key, change(matrix(known!.data, columns > 0 ? leaf.size / columns : 1, columns), name, leaf)];
  });
  return Object.fromEntries(entries);
}

function expectMask(name: string, mask: Uint8Array | undefined, count: number): void {
  if (mask && mask.length !== count) {
    throw new RangeError(
      `EncoderTrainer: ${name} must have one entry per client (${count}), got ${mask.length}`,
    );
  }
}

/** The matrices of a tree, in the alphabetical order of their names, as `namedParameters` lists them. */
function leavesOf(tree: object): GpuMatrix[] {
  return Object.keys(tree)
    .sort()
    .flatMap((key) => {
      const node = (tree as Record<string, object>)[key]!;
      return node instanceof GpuMatrix ? [node] : leavesOf(node);
    });
}
