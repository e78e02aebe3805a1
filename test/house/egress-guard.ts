import { afterEach } from 'vitest'
import { takeBlocked } from './egress.ts'

// Loaded before every test file in Node: a connection that would leave this machine fails the test that made it, even
// when the code under test swallows the error.

afterEach(() => {
  const blocked = takeBlocked()
  if (blocked.length === 0) return
  throw new Error(`This test tried to leave the machine: ${blocked.join(', ')}. Give the adapter the twin's fetch or baseUrl.`)
})
