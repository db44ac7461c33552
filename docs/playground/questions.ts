// One question a lesson, to be asked with a click: settings, what to watch, and the way to the lesson. In: the lesson that is asked
// about; out: the lesson that the reader chooses.
import { element, lessonPages, write } from '../../viewer/index.ts';
import { presetOf, presets } from './presets.ts';

export interface Questions {
  readonly element: HTMLElement;
  show(lesson: number | null): void;
}

export interface QuestionsOptions {
  readonly onAsk: (lesson: number | null) => void;
  readonly lessonLink?: (page: string) => string;
}

export function makeQuestions({ onAsk, lessonLink }: QuestionsOptions): Questions {
  const choose = element(
    'select',
    { name: 'lesson' },
    element('option', { value: '' }, 'none: the playground as it is'),
    ...presets.map(({ lesson, question }) => element('option', { value: lesson }, `${lesson} · ${question}`)),
  );
  choose.addEventListener('change', () => onAsk(choose.value === '' ? null : Number(choose.value)));
  const watch = element('span');
  const link = element('a');
  const text = element('p', { class: 'pg-watch' }, watch, ' ', link);
  return {
    element: element(
      'div',
      { class: 'pg-questions' },
      element('label', { class: 'pg-field' }, element('span', {}, 'A question to ask'), choose),
      text,
    ),
    show(lesson) {
      const preset = presetOf(lesson);
      choose.value = preset ? String(preset.lesson) : '';
      if (preset === null) {
        write(watch, 'Each lesson has one. Settings follow, and you can change them.');
        link.hidden = true;
        return;
      }
      const [page, title] = lessonPages[preset.lesson - 1]!;
      write(watch, `${preset.question} ${preset.watch}`);
      write(link, `Lesson ${preset.lesson}: ${title}`);
      link.hidden = !lessonLink;
      link.setAttribute('href', lessonLink?.(page) ?? '#');
    },
  };
}
