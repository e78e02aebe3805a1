// `npm run build [-- @do/name …]`
import { buildAll } from '../build/build.mjs'

try {
  const built = await buildAll({ only: process.argv.slice(2), say: console.log })
  console.log(`Built ${built.length} packages into their dist folders.`)
} catch (error) {
  console.error(error.message)
  process.exit(1)
}
