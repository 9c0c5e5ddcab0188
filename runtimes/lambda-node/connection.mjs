import net from 'node:net';

const HEAD_END = '\r\n\r\n';

/** The Runtime API is gone: there is nobody left to tell anything. */
export class ConnectionLost extends Error {}

/**
 * One kept-alive HTTP/1.1 connection that carries one request at a time. Written on a bare socket because every warm
 * invocation passes here twice, and node:http costs about as much as all the rest of it.
 *
 * The event loop is held open only while an answer is awaited: whether user code has left something to do must not depend
 * on this socket.
 */
export class Connection {
  #host;
  #port;
  #socket;
  #parser = new ResponseParser();
  #pending;

  constructor(host, port) {
    this.#host = host;
    this.#port = port;
  }

  get busy() {
    return this.#pending !== undefined;
  }

  /**
   * Sends a whole request and resolves with {status, headers, body}. Where the server has closed the connection while it was
   * idle, the request is sent once more on a new one.
   */
  send(request) {
    const reused = this.#socket !== undefined;
    return this.#exchange((socket) => socket.write(request)).catch((error) => {
      if (!reused || !(error instanceof ConnectionLost) || error.answered) throw error;
      return this.#exchange((socket) => socket.write(request));
    });
  }

  /** Begins a request whose body follows on the socket that `begin` is given; resolves with the answer. */
  stream(begin) {
    return this.#exchange(begin);
  }

  close() {
    this.#socket?.destroy();
  }

  #exchange(write) {
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      const socket = this.#connected();
      socket.ref();
      write(socket);
    });
  }

  #connected() {
    if (this.#socket) return this.#socket;
    const socket = net.connect({ host: this.#host, port: this.#port, noDelay: true });
    this.#parser = new ResponseParser();
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = undefined;
      const pending = this.#pending;
      if (!pending) return;
      this.#pending = undefined;
      const error = new ConnectionLost(`${this.#host}:${this.#port} has closed the connection`);
      error.answered = this.#parser.begun;
      pending.reject(error);
    });
    this.#socket = socket;
    return socket;
  }

  #read(chunk) {
    const answer = this.#parser.push(chunk);
    if (!answer) return;
    const pending = this.#pending;
    this.#pending = undefined;
    this.#socket.unref();
    if (/close/i.test(answer.headers.get('connection') ?? '')) {
      this.#socket.destroy();
      this.#socket = undefined;
    }
    pending?.resolve(answer);
  }
}

/** Reads responses of a server that is known to speak correctly: no more of RFC 9112 than that needs. */
class ResponseParser {
  #chunks = [];
  #size = 0;
  #answer;
  #bodyStart = 0;

  /** Whether a part of an answer has come. */
  get begun() {
    return this.#size > 0;
  }

  push(chunk) {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (!this.#answer && !this.#readHead()) return undefined;
    const length = this.#answer.headers.get('content-length');
    const body =
      this.#answer.headers.get('transfer-encoding') === 'chunked'
        ? dechunk(this.#all(), this.#bodyStart)
        : this.#plain(length === undefined ? 0 : Number(length));
    if (body === undefined) return undefined;
    const answer = this.#answer;
    answer.body = body;
    this.#chunks = [];
    this.#size = 0;
    this.#answer = undefined;
    return answer;
  }

  #readHead() {
    const bytes = this.#all();
    const end = bytes.indexOf(HEAD_END);
    if (end < 0) return false;
    const head = parseHead(bytes.latin1Slice(0, end));
    this.#bodyStart = end + HEAD_END.length;
    if (head.status >= 100 && head.status < 200) {
      this.#chunks = [bytes.subarray(this.#bodyStart)];
      this.#size -= this.#bodyStart;
      return this.#readHead();
    }
    this.#answer = head;
    return true;
  }

  #plain(length) {
    if (this.#size - this.#bodyStart < length) return undefined;
    return this.#all().subarray(this.#bodyStart, this.#bodyStart + length);
  }

  #all() {
    if (this.#chunks.length !== 1) this.#chunks = [Buffer.concat(this.#chunks, this.#size)];
    return this.#chunks[0];
  }
}

function parseHead(text) {
  const lines = text.split('\r\n');
  const headers = new Map();
  for (let i = 1; i < lines.length; i++) {
    const colon = lines[i].indexOf(':');
    headers.set(lines[i].slice(0, colon).toLowerCase(), lines[i].slice(colon + 1).trim());
  }
  return { status: Number(lines[0].slice(9, 12)), headers, body: undefined };
}

/** The bytes of a chunked body from `at` on, or undefined while it is incomplete. */
function dechunk(bytes, at) {
  const parts = [];
  let position = at;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', position);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.latin1Slice(position, lineEnd), 16);
    position = lineEnd + 2;
    if (size === 0) {
      const done = bytes.indexOf('\r\n', position) === position || bytes.indexOf(HEAD_END, position) >= 0;
      return done ? Buffer.concat(parts) : undefined;
    }
    if (bytes.length < position + size + 2) return undefined;
    parts.push(bytes.subarray(position, position + size));
    position += size + 2;
  }
}
