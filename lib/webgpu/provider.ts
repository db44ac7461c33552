// Where WebGPU comes from: `navigator.gpu` in browsers and Deno, in Node the optional package `webgpu` (Dawn).
// In: nothing, or the package; out: ways to ask for an adapter, the best first, or why there is none.
// Nothing here is imported statically, so that a bundle for browsers needs no package and no Node module.

/** What of the `webgpu` package is used. */
export interface WebgpuPackage {
  create(flags: string[]): unknown;
}

/** @internal One way to ask for an adapter. */
export interface Candidate {
  readonly gpu: GPU;
  /** 'compatibility' also takes what OpenGL ES can do. */
  readonly featureLevel: 'core' | 'compatibility';
}

/** @internal What WebGPU calls "adapter options", with the feature level that type libraries do not know yet. */
export interface AdapterOptions extends GPURequestAdapterOptions {
  readonly featureLevel?: Candidate['featureLevel'];
}

/**
 * The objects that a package's `create` returned, by their flags, until the process ends: when one of them is collected while its
 * device still works in the background, the process crashes.
 */
const created = new Map<WebgpuPackage['create'], Map<string, GPU>>();

/**
 * Finds WebGPU.
 *
 * @internal
 * @param webgpu the `webgpu` package, if it is installed where this module cannot find it
 * @param flags for its `create`, such as `backend=vulkan`. Default: the native interface, then OpenGL ES
 * @throws Error that says why there is none
 */
export async function findCandidates(
  webgpu: WebgpuPackage | undefined,
  flags: readonly string[] | undefined,
): Promise<Candidate[]> {
  const here = (globalThis as { navigator?: { gpu?: GPU } }).navigator?.gpu;
  if (here && !webgpu) return bothLevels(here);
  const { create } = webgpu ?? (await importPackage('webgpu'));
  const open = (words: readonly string[]): GPU => {
    const byFlags = created.get(create) ?? new Map<string, GPU>();
    created.set(create, byFlags);
    const key = words.join(' ');
    const gpu = byFlags.get(key) ?? (create([...words]) as GPU);
    byFlags.set(key, gpu);
    return gpu;
  };
  if (flags) return bothLevels(open(flags));
  return [
    { gpu: open([]), featureLevel: 'core' },
    { gpu: open(['backend=opengles']), featureLevel: 'compatibility' },
  ];
}

function bothLevels(gpu: GPU): Candidate[] {
  return [
    { gpu, featureLevel: 'core' },
    { gpu, featureLevel: 'compatibility' },
  ];
}

/** Its name is a parameter, so that a bundler leaves the import alone. */
async function importPackage(name: string): Promise<WebgpuPackage> {
  try {
    return (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as WebgpuPackage;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isMissing = code === 'ERR_MODULE_NOT_FOUND' || /resolve|not found/i.test(message);
    throw new Error(
      isMissing
        ? 'there is no navigator.gpu here and the optional package webgpu is not installed ' +
            '(npm install webgpu@0.6.2; in a clone of fedtlrec: npm run webgpu:install)'
        : `the package webgpu does not load: ${message.split('\n')[0]}`,
    );
  }
}
