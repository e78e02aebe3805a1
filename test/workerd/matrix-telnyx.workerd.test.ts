import { proveMatrixInWorkerd } from './matrix.ts'

proveMatrixInWorkerd('telnyx')
