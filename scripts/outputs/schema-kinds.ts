// A few words to write a JSON Schema in, so that a document reads like the table that the page shows of it.
// In: fields with their meanings; out: JSON Schema (draft 2020-12).

/** A JSON Schema, or a part of one. */
export type Schema = Readonly<Record<string, unknown>>;
/** A field: what it may hold, and what it means. */
export type Field = readonly [holds: Schema, meaning: string];

export const number: Schema = { type: 'number' };
export const share: Schema = { type: 'number', minimum: 0, maximum: 1 };
export const count: Schema = { type: 'integer', minimum: 0 };
export const text: Schema = { type: 'string' };
export const flag: Schema = { type: 'boolean' };
export const sha256: Schema = { type: 'string', pattern: '^[0-9a-f]{64}$' };

export const constant = (value: string | number): Schema => ({ const: value });
export const oneOf = (...values: (string | number)[]): Schema => ({ enum: values });
export const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });
export const either = (...schemas: Schema[]): Schema => ({ anyOf: schemas });
export const listOf = (items: Schema): Schema => ({ type: 'array', items });
/** A part that stands in a section of its own. */
export const reference = (name: string): Schema => ({ $ref: `#/$defs/${name}` });

/** An object with exactly these fields, each with what it means; those whose name ends in `?` may be absent. */
export function object(fields: Readonly<Record<string, Field>>): Schema {
  const entries = Object.entries(fields).map(([name, [holds, meaning]]) => ({
    name: name.replace(/\?$/, ''),
    isOptional: name.endsWith('?'),
    schema: { ...holds, description: meaning },
  }));
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(({ name, schema }) => [name, schema])),
    required: entries.filter(({ isOptional }) => !isOptional).map(({ name }) => name),
    additionalProperties: false,
  };
}

/** What a field may hold, in words. */
export function inWords(schema: Schema): string {
  if ('$ref' in schema) return `[${nameOf(schema)}](#${nameOf(schema).toLowerCase()})`;
  if ('const' in schema) return `\`${JSON.stringify(schema.const)}\``;
  if (Array.isArray(schema.enum))
    return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(', ');
  if (Array.isArray(schema.anyOf)) return (schema.anyOf as Schema[]).map(inWords).join(' or ');
  if (schema.type === 'array') return `list of ${inWords(schema.items as Schema)}`;
  if (schema.pattern === sha256.pattern) return 'SHA-256 in hexadecimal';
  if (schema.type === 'integer') return schema.minimum === 0 ? 'whole number' : 'integer';
  if (schema.type === 'number' && schema.maximum === 1) return 'number in [0, 1]';
  if (schema.type === 'object') return 'object';
  return schema.type === 'string' ? 'text' : String(schema.type);
}

export function nameOf(schema: Schema): string {
  return String(schema.$ref).replace('#/$defs/', '');
}
