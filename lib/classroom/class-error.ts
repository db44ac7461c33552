// What stands in the way of a class: a folder that holds another one, a broker that is not there, a code that is wrong, a package that is
// not installed. `message` says which, and the way out.

export class ClassError extends Error {
  override readonly name = 'ClassError';
}
