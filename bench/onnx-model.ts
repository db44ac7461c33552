// The smallest ONNX model that onnxruntime can run: one MatMul node, c = a·b, written field by field.
// Format: protocol buffers, with the field numbers of onnx.proto3 (ModelProto, GraphProto, NodeProto, ValueInfoProto).

/** An ONNX model (opset 13) that multiplies float32 a [rows, inner] by b [inner, columns]. */
export function onnxProduct(rows: number, inner: number, columns: number): Uint8Array {
  const node = [...text(1, 'a'), ...text(1, 'b'), ...text(2, 'c'), ...text(4, 'MatMul')];
  const graph = [
    ...message(1, node),
    ...text(2, 'product'),
    ...message(11, matrixInfo('a', rows, inner)),
    ...message(11, matrixInfo('b', inner, columns)),
    ...message(12, matrixInfo('c', rows, columns)),
  ];
  const operators = [...text(1, ''), ...integer(2, 13)];
  return Uint8Array.from([...integer(1, 8), ...message(7, graph), ...message(8, operators)]);
}

/** A ValueInfoProto: name, and the type "tensor of float32 with this shape". */
function matrixInfo(name: string, rows: number, columns: number): number[] {
  const shape = [rows, columns].flatMap((length) => message(1, integer(1, length)));
  const tensor = [...integer(1, 1), ...message(2, shape)]; // element type 1 is float32
  return [...text(1, name), ...message(2, message(1, tensor))];
}

function integer(field: number, value: number): number[] {
  return [field << 3, ...variableLength(value)];
}

function text(field: number, value: string): number[] {
  return message(field, [...new TextEncoder().encode(value)]);
}

function message(field: number, bytes: readonly number[]): number[] {
  return [(field << 3) | 2, ...variableLength(bytes.length), ...bytes];
}

/** Seven bits a byte, the lowest first; the high bit says that more follow. */
function variableLength(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...variableLength(value >>> 7)];
}
