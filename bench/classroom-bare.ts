// The clients of a bare round trip: each answers a message with bytes of a given length, over MQTT or Socket.IO. Whenever it reads a line, it
// says how many milliseconds of processor time it has used. `bench/classroom-turns.ts` starts it.
import { connectAsync } from 'mqtt';
import { oneFrameAPacket } from '../lib/classroom/mqtt-link.ts';

interface Socket {
  on(event: string, listener: () => void): void;
  emit(event: string, payload: Buffer): void;
}

const [transport, address, clients, bytesUp] = process.argv.slice(2) as [string, string, string, string];
const payload = Buffer.alloc(Number(bytesUp), 1);
for (let client = 0; client < Number(clients); client++) {
  if (transport === 'socket.io') await openSocket();
  else {
    // As participants do it: the answer confirms the question (quality of service 0), a packet is a frame.
    const line = await connectAsync(address, { clientId: `bare-${client}`, wsOptions: oneFrameAPacket });
    line.on('message', () => void line.publish('up', payload, { qos: 0 }));
    await line.subscribeAsync('round', { qos: 0 });
  }
}
console.log(0); // ready
process.stdin.on('data', () => {
  const { user, system } = process.cpuUsage();
  console.log((user + system) / 1000);
});

async function openSocket(): Promise<void> {
  const name = 'socket.io-client'; // installed in bench/ only
  const { io } = (await import(name)) as { io: (address: string, options: object) => Socket };
  const socket = io(address, { transports: ['websocket'], forceNew: true });
  socket.on('round', () => socket.emit('up', payload));
  await new Promise<void>((resolve) => socket.on('connect', resolve));
}
