import type { ServiceEntry } from '../aws/service.ts';
import type { SessionTokens } from '../aws/session-token.ts';
import { STS } from './sts/identity.ts';

/** What services are made with. */
export interface ServiceDependencies {
  sessions: SessionTokens;
}

/** Every service there is. Each is loaded when its first request comes. */
export function services({ sessions }: ServiceDependencies): ServiceEntry[] {
  return [{ identity: STS, load: async () => (await import('./sts/service.ts')).createSts({ sessions }) }];
}
