// The anchors of headings: one rule for the site, for GitHub and for the tests.

/** The anchor of a heading, as GitHub makes it; test/docs/markdown.ts has the same rule. */
export function slugify(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}
