// Trains an encoder block on the GPU. A step (forward, loss, backward, SGD) is recorded once and replayed: one submission
// and, for the loss, one read-back of a single number. In: a block of the processor, inputs and targets; out: losses,
// and the trained block when it is asked for.
import { namedParameters, type ParameterTree } from '../model/parameters.ts';
import type { EncoderBlockParameters } from '../model/transformer.ts';
import { expectShape, type Matrix, matrix, rowMajorData } from '../numeric/matrix.ts';
import { subtract } from './elementwise.ts';
import { encoderBlock, encoderBlockBackward, type GpuEncoderParameters } from './encoder-block.ts';
import type { Gpu } from './gpu.ts';
import { GpuMatrix, readAll } from './gpu-matrix.ts';
import { sgdStep } from './optimizer.ts';
import type { Recording } from './recording.ts';
import { columnSums, rowDots } from './rows.ts';

export interface EncoderTrainerOptions {
  readonly heads: number;
  readonly learningRate: number;
  /** 1 = the client is present, [clients]; all are unless told. */
  readonly keyMask?: Uint8Array;
  /** Whether a client may not look at itself. */
  readonly noSelf?: boolean;
}

/** An encoder block on the GPU that learns to turn its inputs into targets, by SGD on the mean squared error. */
export class EncoderTrainer {
  private readonly original: EncoderBlockParameters;
  private readonly parameters: GpuEncoderParameters;
  private readonly inputs: readonly GpuMatrix[];
  private readonly recording: Recording<{ loss: GpuMatrix }>;

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
    const { heads, learningRate, keyMask, noSelf } = options;
    const [count, dim] = clients.shape as [number, number];
    expectShape('EncoderTrainer', 'target', target, [count, dim]);
    if (keyMask && keyMask.length !== count) {
      throw new RangeError(
        `EncoderTrainer: keyMask must have one entry per client (${count}), got ${keyMask.length}`,
      );
    }
    this.original = parameters;
    this.parameters = mapTree(parameters, (leaf) => GpuMatrix.from(gpu, leaf)) as GpuEncoderParameters;
    const [input, wanted] = [GpuMatrix.from(gpu, clients), GpuMatrix.from(gpu, target)];
    const attentionOptions = {
      heads,
      keyMask: keyMask && GpuMatrix.from(gpu, matrix(Float64Array.from(keyMask), 1, count)),
      ownColumn: noSelf
        ? GpuMatrix.from(gpu, matrix(Float64Array.from(Array(count).keys()), count, 1))
        : undefined,
    };
    const masks = [attentionOptions.keyMask, attentionOptions.ownColumn];
    this.inputs = [input, wanted, ...masks.filter((mask) => mask !== undefined)];
    this.recording = gpu.record(() => {
      const { output, cache } = encoderBlock(this.parameters, input, attentionOptions);
      const error = subtract(output, wanted); // [clients, dim]
      const loss = columnSums(rowDots(error, error), 1 / (count * dim)); // [1, 1]
      const outputGradient = subtract(output, wanted, 2 / (count * dim)); // [clients, dim]
      const gradients = encoderBlockBackward(this.parameters, input, cache, outputGradient);
      const slopes = leavesOf(gradients.parameters);
      leavesOf(this.parameters).forEach((leaf, index) => {
        sgdStep(leaf, slopes[index]!, { learningRate });
      });
      return { loss };
    });
  }

  /** One step. @returns the loss before it */
  async step(): Promise<number> {
    this.recording.run();
    return (await this.recording.result.loss.read()).get(0, 0);
  }

  /** Several steps without waiting in between. @returns the loss before the last one */
  async steps(count: number): Promise<number> {
    for (let step = 0; step < count; step++) this.recording.run();
    return (await this.recording.result.loss.read()).get(0, 0);
  }

  /** A copy of the block as it is now, with the element types that it came with; one read-back. */
  async read(): Promise<EncoderBlockParameters> {
    const read = await readAll(leavesOf(this.parameters));
    let next = 0;
    const copies = new Map(namedParameters(this.original).map(({ name }) => [name, read[next++]!]));
    return mapTree(this.original, (_, name, leaf) => {
      const values = rowMajorData(copies.get(name)!);
      const data = leaf.data instanceof Float32Array ? values : Float64Array.from(values);
      return leaf.dimension === 1
        ? matrix(data, 1, data.length).pick(0, null)
        : matrix(data, ...(leaf.shape as [number, number]));
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

/** The matrices of a tree, in the alphabetical order of their names, as `namedParameters` lists them. */
function leavesOf(tree: object): GpuMatrix[] {
  return Object.keys(tree)
    .sort()
    .flatMap((key) => {
      const node = (tree as Record<string, object>)[key]!;
      return node instanceof GpuMatrix ? [node] : leavesOf(node);
    });
}
