/** What the pictures show: the first one is opened. `ask` is what it is asked; `saved` is its code in the end, where that is
 * another than at first. */
export const FUNCTIONS = [
  {
    title: 'orders',
    runtime: 'node',
    version: '20',
    ask: '/?customer=ada',
    code: `const orders = [
  { id: 1042, customer: 'ada', total: 59.9, status: 'shipped' },
  { id: 1043, customer: 'grace', total: 12.5, status: 'open' },
  { id: 1044, customer: 'ada', total: 230, status: 'open' },
];

/** GET /?customer=&limit= */
export default function handler(req, res) {
  const { customer, limit = 10 } = req.query;
  const found = orders.filter((order) => !customer || order.customer === customer);
  console.log(\`\${found.length} orders of \${customer ?? 'everybody'}\`);

  res.set('x-total-count', String(found.length));
  res.json({
    orders: found.slice(0, Number(limit)),
    open: found.filter((order) => order.status === 'open').length,
  });
}
`,
  },
  {
    title: 'thumbnails',
    runtime: 'python',
    version: '3.12',
    ask: '/?width=320',
    code: `from flask import request


def handler():
    width = int(request.args.get("width", 128))
    return {"width": width, "height": width * 9 // 16}
`,
  },
  {
    title: 'geo-lookup',
    runtime: 'golang',
    version: '1.22',
    ask: '/?city=seoul',
    code: `package main

import (
	"fmt"
	"net/http"
	"net/url"
)

func handler(params url.Values, w *http.ResponseWriter) {
	fmt.Fprintf(*w, "37.57, 126.98 (%s)", params.Get("city"))
}
`,
  },
  {
    title: 'payment-webhook',
    runtime: 'node',
    version: '20',
    ask: '/',
    code: `export default function handler(req, res) {
  if (req.method !== 'POST') return res.sendStatus(204);
  if (!req.body?.amount) throw new Error('a payment without an amount');
  res.status(202).json({ accepted: true });
}
`,
  },
  {
    title: 'newsletter',
    runtime: 'node',
    version: '20',
    ask: '/',
    code: "export default (req, res) => res.send('subscribed');\n",
    saved: `export default function handler(req, res) {
  const { email } = req.query;
  res.send('subscribed ' + email;
}
`,
  },
];
