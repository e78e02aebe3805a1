import { createWorker } from '../../worker/create-worker.ts'
import { Desk as DeskClass } from './desk.ts'

const worker = createWorker(
  { Desk: DeskClass },
  { log: (line) => (line.level === 'info' ? undefined : console.log(JSON.stringify(line))) },
)

export default { fetch: worker.fetch }
export const { Desk } = worker.objects
