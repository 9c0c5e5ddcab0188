export interface HttpRequest {
  method: string;
  /** With scheme and host. */
  url: string;
  headers: readonly (readonly [name: string, value: string])[];
  body?: string | undefined;
}

/** The request as a command that does the same in a shell. */
export function toCurl({ method, url, headers, body }: HttpRequest): string {
  const hasBody = body !== undefined && body !== '';
  const implied = hasBody ? 'POST' : 'GET';
  const parts = [
    ...(method === 'HEAD' ? ['--head'] : method === implied ? [] : [`-X ${method}`]),
    // curl takes brackets and braces in addresses for lists of its own.
    ...(/[[\]{}]/.test(url) ? ['--globoff'] : []),
    quoted(url),
    ...headers.map(([name, value]) => `-H ${quoted(value === '' ? `${name};` : `${name}: ${value}`)}`),
    // Else curl says that it is a form.
    ...(hasBody && !headers.some(([name]) => name.toLowerCase() === 'content-type')
      ? ["-H 'content-type:'"]
      : []),
    ...(hasBody ? [`--data-raw ${quoted(body)}`] : []),
  ];
  return `curl ${parts.join(parts.length > 2 ? ' \\\n  ' : ' ')}`;
}

function quoted(text: string): string {
  return /^[\w./:?=&@%+,-]+$/.test(text) && !/[?&]/.test(text)
    ? text
    : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
