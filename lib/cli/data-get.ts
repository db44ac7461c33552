// `fedtlrec data get`: fetches a published data set from its publisher into the user's cache, after its terms were
// accepted. From then on its name can stand after `--data`.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { cachedArchive, cacheFolder, checksumFile, expectedChecksum } from '../node/data-cache.ts';
import { type DataSource, dataSource, dataSources } from '../node/data-sources.ts';
import { DownloadError, download, sha256Of } from '../node/download.ts';
import { bytesText } from './figures.ts';
import type { Printing } from './printing.ts';
import { readName } from './read-value.ts';
import { labelledLines } from './table.ts';
import { UsageError } from './usage-error.ts';

const names = dataSources.map(({ name }) => name);

const examples = `
Data sets:
${dataSources.map(({ name, title }) => `  ${name.padEnd(17)}${title}`).join('\n')}

Environment:
  FEDTLREC_CACHE      the folder to keep them in (now: ${cacheFolder()})
  FEDTLREC_DATA_URL   an address to fetch the archives from instead, such as a mirror

Examples:
  fedtlrec data get ml-100k
  fedtlrec data get ml-1m --accept-terms
  fedtlrec train --data ml-100k`;

export function addDataGetCommand(data: Command, printing: Printing): void {
  data
    .command('get')
    .description('fetch a published data set from its publisher into your cache')
    .argument('<NAME>', `one of ${names.join(', ')}`)
    .option('--accept-terms', "accept the publisher's terms without being asked")
    .addHelpText('after', examples)
    .action((name: string, { acceptTerms }: { acceptTerms?: boolean }) =>
      getData(dataSource(readName('data get', name, names))!, acceptTerms === true, printing),
    );
}

async function getData(source: DataSource, isAccepted: boolean, printing: Printing): Promise<void> {
  const archive = cachedArchive(source);
  printing.lines(
    labelledLines([
      ['Data', source.title],
      ['From', addressOf(source)],
      ['Terms', source.terms],
      ['', source.termsUrl],
      ['Cite', source.citation],
    ]),
  );
  if (existsSync(archive)) {
    await expectUndamaged(source, archive);
    printing.lines([`It is there already: ${archive}`, usage(source)]);
    return;
  }
  if (!isAccepted) await askForConsent(source);
  const recorded = await expectedChecksum(source, archive);
  const bar = startBar(basename(archive));
  let sha256: string;
  try {
    const { bytes } = source;
    sha256 = await download(addressOf(source), archive, { bytes, sha256: recorded, onProgress: bar.show });
  } finally {
    bar.stop();
  }
  printing.lines([`Saved as ${archive}`]);
  if (recorded === null) {
    await writeFile(checksumFile(archive), `${sha256}\n`);
    printing.lines([`Its SHA-256 ${sha256} was not known before; it is recorded beside it from now on.`]);
  }
  printing.lines([usage(source)]);
}

/** The publisher's address, or the same file below FEDTLREC_DATA_URL. */
function addressOf({ url }: DataSource): string {
  const base = process.env.FEDTLREC_DATA_URL;
  return base ? `${base.replace(/\/+$/, '')}/${basename(new URL(url).pathname)}` : url;
}

async function expectUndamaged(source: DataSource, archive: string): Promise<void> {
  const expected = await expectedChecksum(source, archive);
  if (expected === null || (await sha256Of(archive)) === expected) return;
  throw new DownloadError(
    `${archive} must have the SHA-256 ${expected}: it is damaged; remove it and fetch it again`,
  );
}

async function askForConsent({ name }: DataSource): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new UsageError(`data get ${name} needs --accept-terms where nobody can be asked`);
  }
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await asking.question('Do you accept these terms? [y/N] ');
    if (!/^y(es)?$/i.test(answer.trim()))
      throw new UsageError('the terms were not accepted, nothing was fetched');
  } finally {
    asking.close();
  }
}

function usage({ name }: DataSource): string {
  return `Use it: fedtlrec train --data ${name}`;
}

/** A bar on stderr; nothing where that is no terminal. */
function startBar(label: string): { show(bytes: number, whole: number | null): void; stop(): void } {
  if (!process.stderr.isTTY) return { show: () => {}, stop: () => {} };
  const bar = new SingleBar({
    format: '{label} {bar} {there} of {of}  {duration_formatted}, {eta_formatted} to go',
    ...{ barsize: 28, stream: process.stderr, clearOnComplete: true, hideCursor: true },
  });
  bar.start(1, 0, { label, there: bytesText(0), of: '?' });
  return {
    show(bytes, whole) {
      bar.setTotal(whole ?? bytes + 1);
      bar.update(bytes, { there: bytesText(bytes), of: whole === null ? '?' : bytesText(whole) });
    },
    stop: () => bar.stop(),
  };
}
