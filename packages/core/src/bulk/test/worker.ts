import { stageWorker } from '../../collection/test/room.ts'
import { bulkScenes } from './scenes.ts'

const stage = stageWorker(bulkScenes)

export const { Room } = stage
export default stage.worker
