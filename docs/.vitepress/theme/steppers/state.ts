// A stepper's state: what is drawn and what the address says are the same thing.
import { reactive } from 'vue';
import { type StepperState, searchOf, stateIn } from './address.ts';
import { type Inputs, usualValues } from './inputs.ts';

/** A state to draw, as it is before anybody has chosen. */
export function useStepper<All extends Inputs>(inputs: All): StepperState<All> {
  return reactive({ step: 0, values: usualValues(inputs) }) as StepperState<All>;
}

/** Asks the stepper of this page to show a state, `?step=3&temperature=0.25`. */
export function showOnPage(search: string): void {
  dispatchEvent(new CustomEvent('stepper-state', { detail: search }));
}

/**
 * Ties a state to the page's address. Only the first stepper of a page is: its words have no names before them.
 *
 * @param take shows a state
 * @returns `write` tells the address, a moment later, since a slider moves faster than browsers let addresses change;
 *   `end` leaves the address alone from now on
 */
export function followAddress(
  take: (state: StepperState) => void,
  inputs: Inputs,
  first: number,
): { write(state: StepperState): void; end(): void } {
  const page = location.pathname;
  const read = (search: string) => take(stateIn(search, inputs, first));
  const onAsk = (event: Event) => read((event as CustomEvent<string>).detail);
  addEventListener('stepper-state', onAsk);
  if (location.search !== '') read(location.search);
  let timer = 0;
  return {
    write(state) {
      clearTimeout(timer);
      timer = window.setTimeout(() => {
        if (location.pathname !== page) return; // the reader has gone on
        const search = searchOf(state, inputs, first, location.search);
        if (search !== location.search)
          history.replaceState(history.state, '', page + search + location.hash);
      }, 300);
    },
    end() {
      clearTimeout(timer);
      removeEventListener('stepper-state', onAsk);
    },
  };
}
