// In place of the modules of Portkey's build that need a Node server, Redis or `ws`.
export const handed = { fetch: undefined }
export const serve = ({ fetch }) => {
  handed.fetch = fetch
  return {}
}
export const createNodeWebSocket = () => ({
  injectWebSocket() {},
  upgradeWebSocket: () => (context) => context.text('There is no WebSocket here.', 501),
})
export default class Absent {}
