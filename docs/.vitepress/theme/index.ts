// VitePress's theme with the system's fonts, a few colours of our own, and the lessons' steppers.
import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme-without-fonts';
import './site.css';

// biome-ignore lint/style/noDefaultExport: VitePress asks for it
export default {
  extends: DefaultTheme,
} satisfies Theme;
