/**
 * For servers of tests: connections stay open until the server's end. By default one that was idle for five seconds is closed, which on a
 * busy machine may be just when its client sends the next request on it.
 */
export const NEVER_IDLE = { keepAliveTimeout: 0 };
