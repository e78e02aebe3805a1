import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'

/** This port on loopback if it is free, otherwise one that is. */
export function openPort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', () => (wanted === 0 ? reject(new Error('No port is free.')) : resolve(openPort(0))))
    server.listen(wanted, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
