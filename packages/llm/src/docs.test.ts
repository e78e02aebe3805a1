import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as functions from './functions/index.ts'
import * as everything from './index.ts'
import { llm } from './index.ts'

const page = readFileSync(new URL('../../../docs/llm.md', import.meta.url), 'utf8')
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const section = (title: string) => page.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? ''

describe('what the pages say of the interface', () => {
  it('every operation and every capability', () => {
    const operations = section('Operations')
    for (const name of llm.flat.keys()) expect(operations).toContain(`\`${name}\``)
    for (const capability of Object.keys(llm.capabilities)) {
      if (!capability.startsWith('relay:')) expect(operations).toContain(`\`${capability}\``)
    }
  })

  it('the time-outs, as they are', () => {
    const { deadline, attemptTimeout, connect, firstOutput, idle } = llm.times
    const rows = { deadline, attemptTimeout, 'times.connect': connect, 'times.firstOutput': firstOutput, 'times.idle': idle }
    for (const [name, ms] of Object.entries(rows))
      expect(section('Time-outs and stopping')).toContain(`| \`${name}\` | ${Number(ms) / 1_000} s |`)
  })

  it('every name that can be imported', () => {
    for (const name of Object.keys(everything)) expect(readme, name).toMatch(new RegExp(`\`${name}[\`(]`))
    expect(Object.keys(functions)).toEqual(expect.arrayContaining(['createFunctions', 'verbatim', 'attach']))
    for (const name of Object.keys(functions)) expect(section('Functions'), name).toContain(name)
  })

  it('every function', () => {
    const made = functions.createFunctions({} as everything.Llm, { model: 'm' })
    for (const name of Object.keys(made))
      expect(section('Functions'), name).toMatch(new RegExp(`\`${name}[(\`]|\`\` ${name}[(\`.]`))
  })
})
