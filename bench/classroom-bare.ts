// The clients of the bare round trip: each answers a message with bytes of a given length. `bench/classroom.ts` starts it.
import { connectAsync } from 'mqtt';

const [port, clients, bytesUp] = process.argv.slice(2).map(Number) as [number, number, number];
const payload = Buffer.alloc(bytesUp, 1);
for (let client = 0; client < clients; client++) {
  const line = await connectAsync(`ws://127.0.0.1:${port}`, { clientId: `bare-${client}` });
  line.on('message', () => void line.publish('up', payload, { qos: 1 }));
  await line.subscribeAsync('round', { qos: 1 });
}
console.log('ready');
