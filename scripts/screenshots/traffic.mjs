import { setTimeout as sleep } from 'node:timers/promises';

/** Requests a tick to each function, in turn: some busy, some not, one with errors, one that nobody asks. */
const RATES = {
  orders: [6, 9, 4, 12, 7],
  thumbnails: [2, 0, 5, 1],
  'geo-lookup': [1, 1, 0],
  'payment-webhook': [1, 0, 3],
};
const TICK = 400;

/** Several of them, so that the log of a function has something to tell. */
const CUSTOMERS = ['ada', 'grace', 'alan', 'barbara', 'ken'];

/** Asks the functions until the returned function is called; that resolves when all have answered. */
export function sendTraffic(url, functions) {
  let going = true;
  const loop = async () => {
    for (let tick = 0; going; tick++) {
      const requests = functions.flatMap(({ id, title, ask }) => {
        const rates = RATES[title] ?? [0];
        return Array.from({ length: rates[tick % rates.length] }, (_, nth) => send(url, id, title, ask, nth));
      });
      await Promise.all([...requests, sleep(TICK)]);
    }
  };
  const ended = loop();
  return async () => {
    going = false;
    await ended;
  };
}

async function send(url, id, title, ask, nth) {
  const init =
    title === 'payment-webhook'
      ? {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(nth === 1 ? {} : { amount: 10 }),
        }
      : {};
  const asked = ask.replace('ada', CUSTOMERS[nth % CUSTOMERS.length]);
  const response = await fetch(`${url}/endpoint/${id}${asked}`, init);
  await response.arrayBuffer();
}
