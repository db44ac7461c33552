// A server that speaks TLS only, with a certificate of its own, as a lab would make one. Skips with the reason where nats-server or openssl
// is not installed.
import test from 'tape';
import { runHere, temporaryFolder, writeSmallRatings } from '../cli/command-line.ts';
import { makeCertificate, needsOpenssl } from '../own-certificate.ts';
import { Broker, needsServer } from './broker.ts';
import { CommandProcess } from './command-process.ts';

const needsBoth = needsServer.skip ? needsServer : needsOpenssl;

test(
  'over TLS a worker and an asker that trust the certificate do their work; others are told',
  needsBoth,
  async (t) => {
    const folder = temporaryFolder();
    const { cert, key } = makeCertificate(folder);
    const broker = await Broker.start('', `tls { cert_file: "${cert}", key_file: "${key}" }`);
    const address = broker.address.replace('nats:', 'tls:');
    const trusting = { NODE_EXTRA_CA_CERTS: cert };
    const worker = await CommandProcess.start(['worker', address], trusting);
    const data = writeSmallRatings(folder);
    const words = ['train', '--data', data, '--rounds', '1', '--evaluate-every', '1', '--recipe', 'fedmf'];
    const asker = await (await CommandProcess.start([...words, '--queue', address], trusting)).ended();
    t.equal(asker.code, 0, asker.text);
    t.match(asker.text, /round 1 of 1: 3 chunks by 1 worker/);
    t.match((await worker.end('SIGINT')).text, /waiting for jobs at tls:\/\/127\.0\.0\.1:\d+: /);
    for (const scheme of ['tls', 'nats']) {
      const { code, stderr } = await runHere(['worker', broker.address.replace('nats:', `${scheme}:`)]);
      t.equal(code, 2, scheme);
      t.match(
        stderr,
        /^fedtlrec: the certificate of the server at \w+:\/\/127\.0\.0\.1:\d+ is not trusted \(.*\); if it is your lab's own, set NODE_EXTRA_CA_CERTS=FILE to it\n$/,
      );
    }
    await broker.end();
    const plain = await Broker.start();
    const { code, stderr } = await runHere(['worker', plain.address.replace('nats:', 'tls:')]);
    t.equal(code, 2);
    t.match(stderr, /^fedtlrec: the server at tls:\S+ does not speak TLS; write nats:\/\/HOST for it\n$/);
    await plain.end();
  },
);
