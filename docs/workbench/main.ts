// The Workbench with CodeMirror as its editor: bundled on its own and loaded when a reader asks for it.
import { javascript } from '@codemirror/lang-javascript';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, keymap } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { basicSetup, EditorView } from 'codemirror';
import { mount as mountWith, type OpenEditor } from '../../course/workbench/workbench.ts';

export { check } from '../../course/workbench/workbench.ts';

/** The line that is marked, by the place where it begins; null for none. */
const markAt = StateEffect.define<number | null>();
const marked = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(decorations, { effects, changes }) {
    const effect = effects.find((each) => each.is(markAt));
    if (!effect) return decorations.map(changes);
    return effect.value === null
      ? Decoration.none
      : Decoration.set([Decoration.line({ class: 'at' }).range(effect.value)]);
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** Colours are the page's: style.ts has them for light and for dark. */
const highlighting = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: 'var(--wb-keyword)' },
  { tag: [tags.string, tags.number, tags.bool, tags.null, tags.regexp], color: 'var(--wb-literal)' },
  {
    tag: [tags.typeName, tags.className, tags.definition(tags.variableName), tags.propertyName],
    color: 'var(--wb-name)',
  },
  { tag: tags.comment, color: 'var(--wb-quiet)', fontStyle: 'italic' },
  { tag: tags.invalid, textDecoration: 'underline wavy' },
]);

const codeMirror: OpenEditor = ({ parent, text, label, onChange, onRun, onLine }) => {
  const run = () => {
    onRun();
    return true;
  };
  const editor = new EditorView({
    parent,
    doc: text,
    extensions: [
      keymap.of([{ key: 'Mod-Enter', run }]),
      basicSetup,
      javascript({ typescript: true }),
      syntaxHighlighting(highlighting),
      EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
      EditorView.updateListener.of(({ docChanged, selectionSet, state }) => {
        if (docChanged) onChange(state.doc.toString());
        if (selectionSet) onLine(state.doc.lineAt(state.selection.main.head).number);
      }),
      marked,
    ],
  });
  return {
    text: () => editor.state.doc.toString(),
    replace: (insert) => editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert } }),
    mark: (line) => {
      const place = line === null ? null : editor.state.doc.line(line).from;
      const effects: StateEffect<unknown>[] = [markAt.of(place)];
      if (place !== null) effects.push(EditorView.scrollIntoView(place, { y: 'nearest', yMargin: 60 }));
      editor.dispatch({ effects });
    },
  };
};

/** Puts the Workbench of a task into an element; `base` is where the folder `workbench/` is served. */
export function mount(element: HTMLElement, task: string, base: string): Promise<void> {
  return mountWith(element, task, base, codeMirror);
}
