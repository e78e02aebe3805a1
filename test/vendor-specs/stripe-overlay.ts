import { noOverlay, type Overlay } from './correction.ts'

const own = { reason: "Stripe's own word for what it is; JSON Schema has no such format." }

export const stripeOverlay: Overlay = {
  ...noOverlay,
  formats: { 'unix-time': own, decimal: own, 'decimal-string': own },
}
