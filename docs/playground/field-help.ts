// What each field of the form is about, from the glossary: screen readers get the sentence as the field's description; whoever
// points at a field, taps it or enters it gets the box of viewer/term-help.ts.
import { fieldTerms, type Term } from '../../viewer/glossary-fields.ts';
import { element } from '../../viewer/index.ts';

/** Adds the sentences to a form's fields. */
export function explainFields(form: HTMLElement): void {
  const sentences = element('div', { hidden: '' });
  const terms: Readonly<Record<string, Term>> = fieldTerms;
  for (const control of form.querySelectorAll<HTMLInputElement | HTMLSelectElement>('[name]')) {
    const name = control.name.replace(/^b\./, '');
    const term = terms[name];
    if (!term) continue;
    const id = `pg-about-${name}`;
    if (!sentences.querySelector(`#${id}`)) sentences.append(element('span', { id }, term.meaning));
    control.setAttribute(
      'aria-describedby',
      `${id} ${control.getAttribute('aria-describedby') ?? ''}`.trim(),
    );
    (control.closest('label') ?? control).dataset.term = name;
  }
  form.append(sentences);
}
