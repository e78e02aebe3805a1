export { type App, type Mountable, mountApp } from './mount-app.ts'
export { type EventStreamOptions, eventStream, frame, lastEventId, type ServerSentEvent } from './sse.ts'
