// The table of docs/settings.md, written from the table that the library checks settings with.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { AnySetting } from '../lib/federated/setting-kinds.ts';
import { settingNames, settingTable } from '../lib/federated/settings.ts';

const page = fileURLToPath(new URL('../docs/settings.md', import.meta.url));
const between = /(<!-- settings:begin -->\n)[\s\S]*(<!-- settings:end -->)/;

/** One row for each setting, as Markdown. */
export function settingsRows(): string {
  const rows = settingNames.map((name) => {
    const setting: AnySetting = settingTable[name];
    return `| \`${name}\` | ${setting.default ?? 'null'} | ${allowed(setting)} | ${setting.meaning} |`;
  });
  return ['| Setting | Default | Allowed | Meaning |', '| --- | --- | --- | --- |', ...rows, ''].join('\n');
}

function allowed(setting: AnySetting): string {
  if (setting.kind === 'word') return setting.words.join(', ');
  if (setting.kind === 'words') return `some of ${setting.words.join(', ')}, between commas`;
  const to = typeof setting.to === 'number' ? setting.to : '`factors` + 1';
  const numbers = setting.kind === 'whole' ? 'whole, ' : '';
  const range =
    to === Infinity || to === Number.MAX_SAFE_INTEGER ? `from ${setting.from}` : `${setting.from} to ${to}`;
  return `${numbers}${range}${setting.or === undefined ? '' : `, or ${setting.or}`}`;
}

export function updateSettingsPage(): void {
  const text = readFileSync(page, 'utf8');
  const updated = text.replace(
    between,
    (_, begin: string, end: string) => `${begin}\n${settingsRows()}\n${end}`,
  );
  if (updated !== text) writeFileSync(page, updated);
}
