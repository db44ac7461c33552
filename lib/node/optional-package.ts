// Packages that are installed only by those who use what needs them: loaded on demand. In: a package; out: its module, or an error of
// the caller's own, which says how to install it.

/**
 * Loads a package.
 *
 * @param missing makes the error to throw if the package is not there; other errors are thrown as they are
 */
export async function loadOptional<T>(
  name: string,
  load: () => Promise<T>,
  missing: () => Error,
): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_MODULE_NOT_FOUND' || !message.includes(`'${name}'`)) throw error;
    throw missing();
  }
}
