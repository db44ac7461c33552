// How much the age of the personal parts matters: a recipe whose clients score with those of some rounds ago, as if
// refreshes were rarer. Attention does not feed back into training, so this is all that the refresh interval changes.
import type { Recipe } from '../lib/federated/recipe.ts';

/** The recipe with personal parts that are `age` rounds old; none before there are such. Ages are multiples of `refreshEvery`. */
export function withStaleParts(recipe: Recipe, age: number): Recipe {
  return {
    ...recipe,
    create(setup) {
      const program = recipe.create(setup);
      const { users, items } = setup.split.train;
      const partsAt = new Map<number, Float32Array>(); // by round: δ of all clients [users, items]
      let now = 0;
      return Object.assign(Object.create(program) as typeof program, {
        *refresh(round: number) {
          yield* program.refresh(round);
          const parts = new Float32Array(users * items);
          for (const block of program.blocks(users)) {
            const out = new Float32Array(block.length * items);
            program.personalParts(block, out);
            block.forEach((client, row) => {
              parts.set(out.subarray(row * items, (row + 1) * items), client * items);
            });
          }
          partsAt.set(round, parts);
          partsAt.delete(round - age - setup.settings.refreshEvery);
          now = round;
        },
        personalParts(block: Uint32Array, out: Float32Array) {
          const parts = partsAt.get(now - age);
          block.forEach((client, row) => {
            const start = client * items;
            if (parts) out.set(parts.subarray(start, start + items), row * items);
            else out.fill(0, row * items, (row + 1) * items);
          });
        },
      });
    },
  };
}
