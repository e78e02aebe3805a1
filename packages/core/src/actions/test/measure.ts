import { startCounter, startFlows } from './harness.ts'

// How many steps a second one object journals, on a real workerd with its data on disk: `node measure.ts [rounds]`.

const rounds = Number(process.argv[2] ?? 7)
const sink = await startCounter()
const flows = await startFlows({ SINK: sink.url })
const best: Record<string, number> = {}
for (let round = 0; round < rounds; round += 1) {
  const rates: Record<string, number> = await flows.scenario(`speed-${round}`, 'speed')
  for (const [name, rate] of Object.entries(rates)) best[name] = Math.max(best[name] ?? 0, rate)
  console.log(JSON.stringify(rates))
}
console.log(`best: ${JSON.stringify(best)}`)
await flows.close()
await sink.close()
