// The first message of a subject stays: whoever publishes a second one finds that it was not the first, which is as well.
import type { Connection } from './connection.ts';
import { numberOf, type Patience, patiently } from './patience.ts';

/** JetStream's number for: somebody was first. */
const WRONG_LAST_SEQUENCE = 10071;

/** @throws QueueError, beginning with `what`, if the server cannot keep it */
export async function publishOnce(
  { client }: Connection,
  subject: string,
  message: Uint8Array,
  what: string,
  patience: Patience,
): Promise<void> {
  const publish = async () => {
    try {
      await client.publish(subject, message, { expect: { lastSubjectSequence: 0 } });
    } catch (error) {
      if (numberOf(error) !== WRONG_LAST_SEQUENCE) throw error;
    }
  };
  await patiently(what, publish, patience);
}
