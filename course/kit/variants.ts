// Which value each dial stands on: drawn from a keyed stream of the course's seed, by term, and by student if wished.
import { randomStream } from '../../lib/numeric/rng.ts';
import type { Dials, Task } from './task.ts';

/** @param student the student's name in the class list, for variants by student; else all have the same */
export function dialsOfTerm(task: Task, seed: number, term: string, student = ''): Dials {
  return Object.fromEntries(
    task.dials.map(({ name, values }) => {
      const drawn = randomStream(seed, 'dial', term, task.id, name, student).integer(values.length);
      return [name, values[drawn]!.name];
    }),
  );
}

/** Every setting of a task's dials. */
export function allDials(task: Task): Dials[] {
  let settings: Dials[] = [{}];
  for (const { name, values } of task.dials) {
    settings = settings.flatMap((setting) => values.map((value) => ({ ...setting, [name]: value.name })));
  }
  return settings;
}

/** A setting as a key: the same for the same values, in whatever order. */
export function dialsKey(dials: Dials): string {
  return Object.keys(dials)
    .sort()
    .map((name) => `${name}=${dials[name]}`)
    .join(',');
}
