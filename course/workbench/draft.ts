// The reader's draft, kept in the browser under the task's name; where storage is refused, it lasts as long as the page.
const memory = new Map<string, string>();
const keyOf = (task: string) => `fedtlrec-course-${task}`;

export function readDraft(task: string): string | null {
  try {
    return localStorage.getItem(keyOf(task));
  } catch {
    return memory.get(task) ?? null;
  }
}

export function keepDraft(task: string, text: string): void {
  try {
    localStorage.setItem(keyOf(task), text);
  } catch {
    memory.set(task, text);
  }
}

export function dropDraft(task: string): void {
  try {
    localStorage.removeItem(keyOf(task));
  } catch {
    memory.delete(task);
  }
}
