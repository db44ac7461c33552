// One page without menus for each stepper, for whoever shows it inside a page of their own: docs/embedding.md.
import { steppers } from '../.vitepress/theme/steppers/all.ts';

// biome-ignore lint/style/noDefaultExport: VitePress asks for it
export default {
  paths: () =>
    Object.entries(steppers).map(([stepper, { title, lesson }]) => ({ params: { stepper, title, lesson } })),
};
