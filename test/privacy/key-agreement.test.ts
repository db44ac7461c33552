// Keys and streams against the vectors of the documents that define them.
import { createCipheriv } from 'node:crypto';
import test from 'tape';
import { derivedBytes, hkdf } from '../../lib/privacy/derive-key.ts';
import { publicKeyOf, sharedSecret, whyNoKeyAgreement } from '../../lib/privacy/key-agreement.ts';
import { keyStream, keyStreamWords, streamOf } from '../../lib/privacy/key-stream.ts';
import { openLetter, sealLetter } from '../../lib/privacy/sealed-box.ts';

const bytes = (hexadecimal: string) => new Uint8Array(Buffer.from(hexadecimal, 'hex'));
const text = (values: Uint8Array) => Buffer.from(values).toString('hex');
const failure = (work: Promise<unknown>) =>
  work.then(
    () => 'nothing was thrown',
    (error: Error) => error.message,
  );

test('X25519: the vectors of RFC 7748, sections 5.2 and 6.1', async (t) => {
  const scalar = bytes('a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4');
  const point = bytes('e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c');
  t.equal(
    text(await sharedSecret(scalar, point)),
    'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552',
  );
  const alice = bytes('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a');
  const bob = bytes('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb');
  const [ofAlice, ofBob] = [await publicKeyOf(alice), await publicKeyOf(bob)];
  t.equal(text(ofAlice), '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a');
  t.equal(text(ofBob), 'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f');
  const secret = '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742';
  t.equal(text(await sharedSecret(alice, ofBob)), secret);
  t.equal(text(await sharedSecret(bob, ofAlice)), secret);
  t.equal(await whyNoKeyAgreement(), null);
});

test('a public key that forces a known secret, or has another length, is refused', async (t) => {
  const mine = new Uint8Array(32).fill(3);
  // 0, 1, and a point of order 8: multiples of the cofactor are 0.
  for (const point of [
    '00'.repeat(32),
    `01${'00'.repeat(31)}`,
    'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  ])
    t.match(await failure(sharedSecret(mine, bytes(point))), /of small order/);
  t.match(await failure(sharedSecret(mine, new Uint8Array(31))), /must have 32 bytes, got 31/);
});

test('where there is no WebCrypto, it says which pages have it', async (t) => {
  const known = Object.getOwnPropertyDescriptor(globalThis, 'crypto')!;
  Object.defineProperty(globalThis, 'crypto', { value: {}, configurable: true });
  t.match((await whyNoKeyAgreement()) ?? '', /https.*--cert and --key/);
  const subtle = { importKey: () => Promise.reject(new Error('NotSupportedError')) };
  Object.defineProperty(globalThis, 'crypto', { value: { subtle }, configurable: true });
  t.match((await whyNoKeyAgreement()) ?? '', /no X25519; Chrome has it from 133/);
  Object.defineProperty(globalThis, 'crypto', known);
});

test('HKDF: the vectors of RFC 5869, appendix A.1 and A.3', async (t) => {
  const secret = new Uint8Array(22).fill(11);
  const first = await hkdf(secret, bytes('000102030405060708090a0b0c'), bytes('f0f1f2f3f4f5f6f7f8f9'), 42);
  t.equal(
    text(first),
    '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
  );
  const nothing = new Uint8Array(0);
  t.equal(
    text(await hkdf(secret, nothing, nothing, 42)),
    '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
  );
});

test('keys for different purposes differ, and two words are another purpose than one', async (t) => {
  const secret = new Uint8Array(32).fill(1);
  const purposes = [['a'], ['b'], ['a', 'b'], ['ab'], ['a', 1], ['a', '1'], ['a1']] as const;
  const keys = await Promise.all(purposes.map((purpose) => derivedBytes(secret, 32, ...purpose)));
  t.equal(new Set(keys.map(text)).size, purposes.length);
  t.throws(() => derivedBytes(secret, 8161, 'a'), /length must be between 1 and 8160, got 8161/);
  t.throws(() => derivedBytes(secret, 0, 'a'), /got 0/);
});

test('the stream of a key of zeros is AES-256 of 0, 1, 2: blocks that NIST’s vectors for GCM contain', async (t) => {
  const key = new Uint8Array(32);
  const blocks = [
    'dc95c078a2408989ad48a21492842087', // its H
    '530f8afbc74536b9a963b4f1c4cb738b', // the tag of nothing
    'cea7403d4d606b6e074ec5d3baf39d18', // 16 zeros encrypted
  ];
  t.equal(text(await keyStream(key, 48)), blocks.join(''));
  const other = Uint8Array.from({ length: 32 }, (_, at) => 7 * at);
  const expected = createCipheriv('aes-256-ctr', other, new Uint8Array(16)).update(new Uint8Array(4000));
  t.equal(text(await keyStream(other, 4000)), text(expected), 'another key, by OpenSSL');
  const words = await keyStreamWords(key, 2);
  const stream = streamOf(words);
  t.deepEqual([stream.nextUint32(), stream.nextUint32()], [...words]);
  t.equal(words[0], new DataView(bytes(blocks[0]!).buffer).getUint32(0, true), 'the lowest byte first');
  t.throws(() => stream.nextUint32(), /all 2 words have been drawn/);
});

test('a letter opens with its key for its purpose, and not when a bit of it was changed', async (t) => {
  const [key, plain] = [new Uint8Array(32).fill(5), new Uint8Array(66).fill(9)];
  const letter = await sealLetter(key, plain, 'from 1 to 2');
  t.equal(letter.length, 66 + 16);
  t.deepEqual(await openLetter(key, letter, 'from 1 to 2'), plain);
  t.equal(await openLetter(key, letter, 'from 1 to 3'), null);
  t.equal(await openLetter(new Uint8Array(32), letter, 'from 1 to 2'), null);
  for (const place of [0, 65, 81]) {
    const changed = letter.slice();
    changed[place]! ^= 1;
    t.equal(await openLetter(key, changed, 'from 1 to 2'), null, `byte ${place}`);
  }
});
