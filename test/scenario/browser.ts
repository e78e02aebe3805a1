import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Chromium as the machine has it; on Debian it is installed when it is missing. */
export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: find() ?? install(),
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--no-first-run',
    ],
  })
}

const find = () => places.find((place) => place !== undefined && existsSync(place))

function install(): string {
  try {
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'ignore' })
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], { stdio: 'ignore' })
  } catch {
    throw new Error(
      'The page is tested in Chromium, which is not here and cannot be installed by apt-get. Install it, or set CHROMIUM to its path.',
    )
  }
  return find() ?? '/usr/bin/chromium'
}
