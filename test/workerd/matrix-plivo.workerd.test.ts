import { proveMatrixInWorkerd } from './matrix.ts'

proveMatrixInWorkerd('plivo')
