// `npm run matrix`: runs the conformance matrix and writes it into docs/matrix.md.
import { writeMatrix } from '../docs/matrix.ts'

await writeMatrix()
console.log('docs/matrix.md is written.')
