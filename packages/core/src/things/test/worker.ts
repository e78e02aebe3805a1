import { stageWorker } from '../../collection/test/room.ts'
import { thingScenes } from './scenes.ts'

const stage = stageWorker(thingScenes)

export const { Room } = stage
export default stage.worker
