import { stageWorker } from '../../collection/test/room.ts'
import { kindScenes } from './scenes.ts'
import { webhookScenes } from './webhook-scenes.ts'

const stage = stageWorker({ ...kindScenes, ...webhookScenes })

export const { Room } = stage
export default stage.worker
