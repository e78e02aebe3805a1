import { proveMatrixInWorkerd } from './matrix.ts'

proveMatrixInWorkerd('memory')
