// One sentence about a field, while its label is pointed at or the field is entered (a tap enters it). No further stop for the
// keyboard; screen readers get the sentence as the field's description.
import { element, write } from '../../viewer/index.ts';
import { glossary, type Term } from './glossary.ts';

/** Adds the sentences to a form's fields; what is returned shows them and belongs below the form. */
export function explainFields(form: HTMLElement): HTMLElement {
  const line = element('p', { class: 'pg-help', 'aria-hidden': 'true' });
  const sentences = element('div', { hidden: '' });
  const terms: Readonly<Record<string, Term>> = glossary;
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
    const show = () => write(line, `${term.word}: ${term.meaning}`);
    const label = control.closest('label') ?? control;
    label.addEventListener('pointerenter', show);
    control.addEventListener('focus', show);
  }
  write(line, 'Point at a setting, or enter it, and its meaning stands here.');
  form.append(sentences);
  return line;
}
