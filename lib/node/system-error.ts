// Why the operating system refused something, in words. In: what Node threw; out: a clause, or nothing where the fault is
// not the system's.

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'no permission to write here',
  EPERM: 'no permission to write here',
  EROFS: 'no permission to write here',
  ENOTDIR: 'a part of its path is a file',
  EEXIST: 'a part of its path is a file',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full',
  EFBIG: 'the file would be too large for this disk',
  ENOENT: 'its folder is gone',
  EISDIR: 'a folder has this name',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'the name is too long',
  EPIPE: 'nobody reads it any more',
  EIO: 'the disk does not answer',
};

/** Whether the system refused something, rather than a program being wrong. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string';
}

/** The reason as a clause. */
export function whyRefused({ code }: NodeJS.ErrnoException): string {
  return reasons[code ?? ''] ?? code ?? 'unknown reason';
}
