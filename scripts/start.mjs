// `npm start`: vendors, runtime, scenario and page. With `--once` it ends after the scenario, 0 if every step worked.
import { fileURLToPath } from 'node:url'
import { start } from '../examples/phone-desk/start.ts'

const once = process.argv.includes('--once')
const given = process.argv.find((argument) => argument.startsWith('--data='))?.slice('--data='.length)
const dataFolder = given ?? fileURLToPath(new URL('../.data', import.meta.url))

let ended
const closing = async (started) => {
  ended ??= started.close()
  await ended
}

const started = await start({ dataFolder, port: Number(process.env.PORT ?? 8787), print: (line) => console.log(line) })
const failed = started.results.filter(({ ok }) => !ok)
const total = started.results.length
console.log(failed.length === 0 ? `\n${total} steps, all of them worked.` : `\n${failed.length} of ${total} steps failed.`)

if (once) {
  await closing(started)
  process.exitCode = failed.length === 0 ? 0 : 1
} else {
  console.log(`\nThe page:  ${started.link}\nStop with Ctrl+C.`)
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, async () => {
      console.log('\nStopping…')
      await closing(started)
      process.exit(0)
    })
  }
}
