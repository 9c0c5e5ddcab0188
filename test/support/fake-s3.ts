import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NEVER_IDLE } from './never-idle.ts';

/** What a server answers, as S3 does. */
export interface FakeAnswer {
  status: number;
  /** S3's name of the error. */
  code?: string;
  body?: string;
  type?: string;
}

export interface FakeS3 extends AsyncDisposable {
  endpoint: string;
  /** `PUT /bucket?versioning`, in the order in which they came. */
  requests: string[];
}

/** A server that says what MinIO's can hardly be brought to say. */
export async function fakeS3(answer: (req: IncomingMessage) => FakeAnswer | undefined): Promise<FakeS3> {
  const requests: string[] = [];
  const server = createServer(NEVER_IDLE, (req, res) => {
    requests.push(`${req.method} ${req.url}`);
    const given = answer(req);
    req.resume();
    if (!given) return; // never
    const { status, code, body, type = 'application/xml' } = given;
    res.writeHead(status, { 'content-type': type });
    res.end(code ? `<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>` : body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
