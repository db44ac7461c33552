// JSON in which an object has one key twice: `JSON.parse` keeps the last value in silence.
// In: text that `JSON.parse` accepts; out: a key that stands twice in one object, if there is any.

/** The first key that an object of the text has twice; null if there is none. Keys are compared as they read unescaped. */
export function repeatedKey(json: string): string | null {
  const open: (Set<string> | null)[] = []; // the keys of each object around the place we are at; null for an array
  for (let at = 0; at < json.length; at++) {
    const mark = json[at];
    if (mark === '{') open.push(new Set());
    else if (mark === '[') open.push(null);
    else if (mark === '}' || mark === ']') open.pop();
    else if (mark === '"') {
      const end = endOfString(json, at);
      const keys = open.at(-1);
      if (keys && isFollowedByColon(json, end)) {
        const key = JSON.parse(json.slice(at, end)) as string;
        if (keys.has(key)) return key;
        keys.add(key);
      }
      at = end - 1;
    }
  }
  return null;
}

/** The place behind the string that begins at `start`. */
function endOfString(json: string, start: number): number {
  let quote = start;
  do quote = json.indexOf('"', quote + 1);
  while (isEscaped(json, quote));
  return quote + 1;
}

function isFollowedByColon(json: string, place: number): boolean {
  let next = place;
  while (' \t\n\r'.includes(json[next] ?? '-')) next++;
  return json[next] === ':';
}

/** Whether an odd number of backslashes stands before a place. */
function isEscaped(json: string, place: number): boolean {
  let backslashes = 0;
  while (json[place - 1 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 1;
}
