// The choice of what computes the attention, with a sentence about what this browser has and what it is doing.
// In: what is chosen, and the worker's news about the GPU; out: a field of the form.
import { element, write } from '../../viewer/index.ts';
import type { Compute } from './configuration.ts';
import type { GpuNews } from './protocol.ts';

export interface ComputeField {
  readonly elements: readonly HTMLElement[];
  /** Shows the choice for a run that is about to begin. */
  show(compute: Compute): void;
  hear(news: GpuNews): void;
}

const names: Record<Compute, string> = {
  processor: 'processor',
  gpu: 'graphics processor (WebGPU)',
  simulated: 'graphics processor, simulated',
};

export function makeComputeField(onChange: (compute: Compute) => void): ComputeField {
  const options = Object.entries(names).map(([value, text]) => element('option', { value }, text));
  const select = element('select', { name: 'compute', 'aria-describedby': 'pg-compute-note' }, ...options);
  select.addEventListener('change', () => onChange(select.value as Compute));
  const note = element('span', { class: 'pg-note', id: 'pg-compute-note', 'aria-live': 'polite' });
  const [, gpu, simulated] = options as [HTMLOptionElement, HTMLOptionElement, HTMLOptionElement];
  let now: Compute = 'processor';
  let found: Extract<GpuNews, { type: 'gpu-found' }> | null = null;
  let work: Exclude<GpuNews, { type: 'gpu-found' }> | null = null;
  const describe = () => {
    const isThere = found !== null && found.name !== null && now !== 'simulated';
    gpu.disabled = !isThere;
    gpu.title = found?.reason ?? '';
    simulated.hidden = now !== 'simulated';
    write(note, sentence(now, found, work));
  };
  return {
    elements: [
      element('label', { class: 'pg-field pg-wide' }, element('span', {}, 'Attention computed by'), select),
      note,
    ],
    show(compute) {
      if ((compute === 'simulated') !== (now === 'simulated')) found = null; // the worker will ask for another one
      now = compute;
      work = null;
      select.value = compute;
      describe();
    },
    hear(news) {
      if (news.type === 'gpu-found') found = news;
      else if (work?.type !== 'gpu-stopped') work = news;
      describe();
    },
  };
}

function sentence(
  now: Compute,
  found: Extract<GpuNews, { type: 'gpu-found' }> | null,
  work: Exclude<GpuNews, { type: 'gpu-found' }> | null,
): string {
  if (work?.type === 'gpu-works') return `${work.name} does the attention, the processor the rest.`;
  if (work?.wasAtWork) return 'The graphics processor has stopped; the processor does it all.';
  if (work) return `The processor does it all: ${work.reason}.`;
  if (!found) return 'Asking the browser for a graphics processor …';
  if (now === 'processor')
    return found.name === null ? `No graphics processor: ${found.reason}.` : `${found.name} is there, too.`;
  return found.name === null
    ? `The processor does it all: ${found.reason}.`
    : `${found.name} will do the attention where the recipe has it.`;
}
