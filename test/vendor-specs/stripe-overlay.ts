import { noOverlay, type Overlay } from './correction.ts'

export const stripeOverlay: Overlay = { ...noOverlay }
