import { proveMatrixInWorkerd } from './matrix.ts'

proveMatrixInWorkerd('twilio')
