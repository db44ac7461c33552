// The Workbench with CodeMirror as its editor: bundled on its own and loaded when a reader asks for it.
import { javascript } from '@codemirror/lang-javascript';
import { keymap } from '@codemirror/view';
import { basicSetup, EditorView } from 'codemirror';
import { mount as mountWith, type OpenEditor } from '../../course/workbench/workbench.ts';

export { check } from '../../course/workbench/workbench.ts';

const codeMirror: OpenEditor = ({ parent, text, label, onChange, onRun }) => {
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
      EditorView.contentAttributes.of({ 'aria-label': label }),
      EditorView.updateListener.of(({ docChanged, state }) => {
        if (docChanged) onChange(state.doc.toString());
      }),
    ],
  });
  return {
    text: () => editor.state.doc.toString(),
    replace: (insert) => editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert } }),
  };
};

/** Puts the Workbench of a task into an element; `base` is where the folder `workbench/` is served. */
export function mount(element: HTMLElement, task: string, base: string): Promise<void> {
  return mountWith(element, task, base, codeMirror);
}
