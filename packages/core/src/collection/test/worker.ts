import { stageWorker } from './room.ts'
import { collectionScenes } from './scenes.ts'

const stage = stageWorker(collectionScenes)

export const { Room } = stage
export default stage.worker
