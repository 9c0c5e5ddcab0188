import type { Row } from './row.ts';

/** Rows come in one by one; false tells that no more are needed. */
export interface Stage {
  push(row: Row): boolean;
  /** All have come. What is left to do is done in pieces, between which others have their turn. */
  end(): Generator<void, void>;
}

/** Rows between two such turns. */
export const PIECE = 100;
