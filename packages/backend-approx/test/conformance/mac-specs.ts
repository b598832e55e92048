// SPDX-License-Identifier: Apache-2.0
// Which of tfjs-core's specs reach a multiply-accumulate kernel, by the name of their outermost describe.

/** Names of the outermost describes, by what they exercise. */
const MAC_DESCRIBES: Record<string, readonly string[]> = {
  matMul: ['matmul', 'matmulBatch', 'fused matmul', 'dot'],
  conv: ['conv1d', 'conv2d', 'fused conv2d', 'conv2dTranspose'],
  depthwise: [
    'depthwiseConv2D',
    'depthwiseConv2d gradients',
    'fused depthwiseConv2D',
    'separableConv2d',
  ],
  conv3d: ['conv3d', 'conv3dTranspose'],
  einsum: ['einsum'],
  // Composite ops that call matMul.
  composite: ['basicLSTMCell', 'lstm', 'qr', 'gramSchmidt-tiny'],
  // The gradient machinery, which its own specs try on matMul, and the counts that leaks would change.
  gradients: [
    'gradients',
    'valueAndGradients',
    'higher-order gradients',
    'customGradient',
    'backpropagateGradients',
    'tensor grad',
    'memory',
    'profile',
    'Detects memory leaks in kernels',
  ],
};

/**
 * @param environment Name of the tfjs test environment, which `describeWithFlags` appends to each title.
 * @returns A predicate of full spec names: does it belong to the multiply-accumulate specs?
 */
export function macSpecFilter(environment: string): (fullName: string) => boolean {
  const prefixes = Object.values(MAC_DESCRIBES)
    .flat()
    .map(name => `${name} ${environment} {`);
  return fullName => prefixes.some(prefix => fullName.startsWith(prefix));
}
