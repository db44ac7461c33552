// VitePress's theme with the system's fonts, a few colours of our own, the lessons' steppers and the playground: each is
// a piece of its own that only its page loads.
import { type Router, type Theme, withBase } from 'vitepress';
import DefaultTheme from 'vitepress/theme-without-fonts';
import { type Component, defineAsyncComponent } from 'vue';
import { cueScrolling } from '../../../viewer/scroll-cue.ts';
import './site.css';
import { showTypeHints } from './type-hints.ts';

const pieces = import.meta.glob<Component>(
  [
    './steppers/*Stepper.vue',
    './steppers/Measured*.vue',
    './embed/*.vue',
    './lessons/*.vue',
    './Playground.vue',
    './FlowStart.vue',
    './Workbench.vue',
  ],
  { import: 'default' },
);

// biome-ignore lint/style/noDefaultExport: VitePress asks for it
export default {
  extends: DefaultTheme,
  enhanceApp({ app, router }) {
    const turned = import.meta.env.SSR ? Promise.resolve() : turnedTo(router);
    for (const [file, load] of Object.entries(pieces)) {
      const name = file.replace(/^.*\/|\.vue$/g, '');
      const isTable = name.startsWith('Measured');
      app.component(name, defineAsyncComponent(isTable ? () => turned.then(load) : load));
    }
    if (import.meta.env.SSR) return;
    showTypeHints();
    explainTermsLater();
    cueScrolling(
      '.vp-doc table, .stepper .grid, .vp-doc p:has(> svg.picture), .vp-doc pre, mjx-container[display]',
      /@10|full HR/,
    );
    let wasDark = false;
    addEventListener('beforeprint', () => {
      wasDark = document.documentElement.classList.contains('dark');
      document.documentElement.classList.remove('dark'); // paper is light
    });
    addEventListener('afterprint', () => document.documentElement.classList.toggle('dark', wasDark));
    document.addEventListener('click', async ({ target }) => {
      const button = (target as Element).closest<HTMLElement>('button.take');
      if (!button || button.closest('.fv')) return; // the viewer has its own
      const taking = await import('./take.ts').catch(() => null);
      button.textContent = taking ? 'Save' : 'Save: no network';
      taking?.openFor(button);
    });
  },
} satisfies Theme;

/** What words mean is loaded with the first sign of a reader. */
function explainTermsLater(): void {
  const signs = ['pointermove', 'pointerdown', 'keydown', 'focusin', 'scroll'];
  const begin = async () => {
    for (const sign of signs) removeEventListener(sign, begin);
    const help = await import('../../../viewer/term-help.ts').catch(() => null);
    if (!help) return explainTermsLater(); // no network now: asked for again with the next sign
    help.explainTerms({ link: (page) => withBase(`/${page.replace(/\.md$/, '.html')}`) });
  };
  for (const sign of signs) addEventListener(sign, begin, { passive: true });
}

/** Tables stand in a page's HTML: what made them can wait until somebody scrolls, or goes on to another page. */
function turnedTo(router: Router): Promise<void> {
  return new Promise((resolve) => {
    let pages = 0;
    router.onBeforeRouteChange = () => {
      if (pages++ > 0) resolve();
    };
    addEventListener('scroll', () => resolve(), { once: true, passive: true });
  });
}
