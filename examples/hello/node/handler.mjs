// Called for every request. Change the greeting, save, and ask again.
const greeting = 'Hello';

export default function handler(req, res) {
  const name = req.query.name ?? 'world';
  res.json({ message: `${greeting}, ${name}!`, from: 'Node', path: req.path });
}
