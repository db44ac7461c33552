// The ways to compute a matrix product, by name: the definition, the tiled loop, the SIMD module.
// In: a name, from a person or an option; out: a `MatmulBackend` for `matmul` and everything that multiplies.
import { type MatmulBackend, naive } from '../numeric/matmul.ts';
import { createSimd } from './simd.ts';
import { createTiled } from './tiled.ts';

/** The names that `chooseBackend` knows, from the plainest to the fastest. */
export const backendNames = ['naive', 'tiled', 'simd'] as const;
export type BackendName = (typeof backendNames)[number];

/**
 * Opens a backend by its name, with workspaces of its own.
 *
 * Without a name it is the fastest one: `simd` where the engine has WebAssembly SIMD (every current one), else `tiled`.
 *
 * @throws RangeError if no backend has this name, or if it is `simd` and the engine has none
 */
export function chooseBackend(name?: string): MatmulBackend {
  switch (name) {
    case undefined:
      return createSimd() ?? createTiled();
    case 'naive':
      return naive;
    case 'tiled':
      return createTiled();
    case 'simd': {
      const simd = createSimd();
      if (simd) return simd;
      throw new RangeError('chooseBackend: simd needs an engine with WebAssembly SIMD; use tiled here');
    }
    default:
      throw new RangeError(
        `chooseBackend: the backend must be one of ${backendNames.join(', ')}, got ${name}`,
      );
  }
}
