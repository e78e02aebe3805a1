import { stageWorker } from '../../collection/test/room.ts'
import { searchScenes } from './scenes.ts'
import { vectorScenes } from './vector-scenes.ts'

const stage = stageWorker({ ...searchScenes, ...vectorScenes })

export const { Room } = stage
export default stage.worker
