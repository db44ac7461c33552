// A small drawing that changes from frame to frame: shapes stay, and only what is different about them is written. In: SVG text as
// drawing.ts writes it, one shape after the other; out: the same on the page, without laying everything out again.

const namespace = 'http://www.w3.org/2000/svg';

export class Drawing {
  private readonly home: SVGElement;
  private shapes: readonly string[] | null = null;

  constructor(home: SVGElement) {
    this.home = home;
  }

  show(text: string): void {
    const shapes = text.match(/<\w+[^>]*\/>|<(\w+).*?<\/\1>/g) ?? [];
    const { shapes: before, home } = this;
    this.shapes = shapes;
    if (before === null) {
      home.innerHTML = text; // what stands there was written by somebody else
      return;
    }
    while (home.childNodes.length > shapes.length) home.lastChild!.remove();
    shapes.forEach((shape, at) => {
      if (shape !== before[at]) this.write(shape, before[at], home.children[at]);
    });
  }

  private write(shape: string, before: string | undefined, old: Element | undefined): void {
    const tag = /\w+/.exec(shape)![0];
    if (!old || old.localName !== tag || !shape.endsWith('/>')) {
      const made = document.createElementNS(namespace, 'g');
      made.innerHTML = shape;
      if (old) old.replaceWith(...made.children);
      else this.home.append(...made.children);
      return;
    }
    const had = attributesOf(before!);
    for (const [name, value] of attributesOf(shape)) {
      if (had.get(name) !== value) old.setAttribute(name, value);
      had.delete(name);
    }
    for (const name of had.keys()) old.removeAttribute(name);
  }
}

function attributesOf(shape: string): Map<string, string> {
  return new Map([...shape.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name!, value!]));
}
