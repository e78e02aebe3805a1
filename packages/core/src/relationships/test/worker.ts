import { stageWorker } from '../../collection/test/room.ts'
import { relationshipScenes } from './scenes.ts'

const stage = stageWorker(relationshipScenes)

export const { Room } = stage
export default stage.worker
