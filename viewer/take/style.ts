// The look of "Save" and of what it opens, wherever they stand: the page around has the colours.
export const takeStyle = `
.take, .take-choice { font: inherit; font-size: 12px; line-height: 1.4; color: inherit; background: none; border: 1px solid var(--line, var(--vp-c-text-3, currentColor)); border-radius: 6px; padding: 2px 8px; min-height: 24px; cursor: pointer; }
.take:hover, .take-choice:hover { border-color: currentColor; }
.take-choices { display: flex; flex-wrap: wrap; gap: 4px; font-size: 12px; line-height: 1.8; }
@media print { .take, .take-choices { display: none !important; } }
`;
