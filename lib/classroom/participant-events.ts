// What happens to a participant, for whoever shows it.
import type { Announcement } from './announcement.ts';

/** What a participant experiences. */
export type ParticipantEvent =
  | { readonly type: 'connected' }
  | { readonly type: 'disconnected'; readonly reason: string }
  | { readonly type: 'asked'; readonly announcement: Announcement }
  /** An update left home, for the first time or again. */
  | {
      readonly type: 'sent';
      readonly round: number;
      readonly loss: number;
      readonly message: Uint8Array;
      readonly isRepeated: boolean;
    }
  /** Windows left home: sets of films that were touched one after the other. */
  | { readonly type: 'windows-sent'; readonly round: number; readonly message: Uint8Array }
  /** Keys or shares of secure sums left home. */
  | { readonly type: 'keys-sent'; readonly round: number; readonly message: Uint8Array }
  /** Figures left home. */
  | { readonly type: 'figures-sent'; readonly round: number; readonly message: Uint8Array }
  /** Something for this participant alone has come. */
  | {
      readonly type: 'received';
      readonly what: 'model' | 'part' | 'nearness';
      readonly round: number;
      readonly bytes: number;
    }
  | { readonly type: 'refused'; readonly round: number; readonly reason: string }
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'ended'; readonly round: number };
