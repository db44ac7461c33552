// The recorder that the library's files share when they are stepped through: see course/make/library-steps.ts.
import { Recorder } from '../stepping/recorder.ts';

export const recorder = new Recorder();
