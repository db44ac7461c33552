// Ids and file names as people may look at them: characters that would move a terminal's cursor, break a line or turn
// the direction of writing are written out. In: any text; out: text of one line that does nothing but stand there.

/** C0, DEL, C1; line and paragraph separators; marks, embeddings, overrides and isolates of direction; lone halves. */
const acting = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;

/** The text with every such character as in JSON: a line end as \n, the others as \u001b. */
export function visibleText(text: string): string {
  return text.replace(acting, (character) =>
    character === '\n' ? '\\n' : character === '\r' ? '\\r' : character === '\t' ? '\\t' : escaped(character),
  );
}

/** JSON on one line in which no character acts either; it reads back as the same value. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value).replace(acting, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
