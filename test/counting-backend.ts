// A matrix product that counts, for tests that a function uses the backend it was given.
import { type MatmulBackend, plainMatmul } from '../lib/numeric/product.ts';

export class CountingBackend implements MatmulBackend {
  readonly name = 'counting';
  /** Products so far. */
  products = 0;

  multiply(...[a, b, out]: Parameters<MatmulBackend['multiply']>): void {
    this.products++;
    plainMatmul.multiply(a, b, out);
  }
}
