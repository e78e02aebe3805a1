import { h } from './dom.js'
import { known, openSystem } from './store.js'
import { overviewView, signInView, tenantLinks, tenantView } from './views.js'

const main = document.getElementById('main')
const nav = document.getElementById('tenants')
const connection = document.getElementById('connection')
const announcer = document.getElementById('announcer')
const signOut = document.getElementById('sign-out')

let view
let system
let painting = false

const tenantInPlace = () => /^#\/t\/([^/]+)$/.exec(location.hash)?.[1]

async function enter() {
  // A link with a token (printed by "npm start") signs in at once; the fragment never leaves the browser.
  const token = /^#token=(.+)$/.exec(location.hash)?.[1]
  if (token !== undefined) {
    history.replaceState(null, '', '#/')
    const problem = await signIn(decodeURIComponent(token))
    if (problem !== undefined) return showSignIn(problem)
    return
  }
  if (await signedIn()) await start()
  else showSignIn()
}

async function signedIn() {
  const answer = await fetch('/console/session')
  return answer.ok && (await answer.json()).signedIn
}

async function signIn(token) {
  const answer = await fetch('/console/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  })
  if (!answer.ok) return answer.status === 401 ? 'That is not the operator token.' : 'Signing in did not work. Try again.'
  await start()
  return undefined
}

function showSignIn(problem) {
  system?.close()
  system = undefined
  signOut.hidden = true
  nav.replaceChildren()
  painted = ''
  say('', '')
  const form = signInView(signIn, problem)
  main.replaceChildren(form.element)
  form.focus()
}

async function start() {
  signOut.hidden = false
  const mine = openSystem({
    state: (state) => system === mine && connected(state),
    told: (changes) => announce(changes.at(-1)),
    stale: () => system === mine && void refresh(),
  })
  system = mine
  say('waiting', 'Connecting…')
  await show()
}

/** The client connects again by itself, and goes on where it was; only the end of the session is for a person. */
async function connected(state) {
  if (state === 'open') {
    say('live', 'Live')
    if (known.overview !== undefined) void refresh()
  }
  if (state !== 'waiting') return
  say('lost', 'Connection lost, trying again…')
  if ((await signedIn().catch(() => true)) === false) showSignIn('The session has ended. Sign in again.')
}

function say(state, text) {
  connection.dataset.state = state
  connection.textContent = text
}

function announce({ object, source, after }) {
  const kind = {
    'collection:messages': 'message',
    'collection:calls': 'call',
    'collection:payments': 'payment',
    'collection:answers': 'answer',
    actions: 'action',
  }[source]
  if (kind === undefined || after === undefined) return
  const about = [after.name ?? after.direction, after.status ?? after.state]
  announcer.textContent = `${decodeURIComponent(object.split('/').at(-1))}: ${kind} ${about.join(', ')}`
}

async function show() {
  const id = tenantInPlace()
  view = id === undefined ? overviewView() : tenantView(decodeURIComponent(id))
  document.title = `${view.title} · Console`
  await refresh()
  if (view !== undefined) main.replaceChildren(view.element)
}

async function refresh() {
  const mine = system
  const id = tenantInPlace()
  try {
    await mine?.load(id === undefined ? undefined : decodeURIComponent(id))
    if (mine === system) paint()
  } catch (error) {
    // Signed out, or somewhere else already.
    if (mine !== system || id !== tenantInPlace()) return
    const text =
      error.code === 'not_found' ? `There is no tenant "${id}".` : 'The data could not be read. Reload the page to try again.'
    main.replaceChildren(h('p', { class: 'alarm', role: 'alert' }, text))
    view = undefined
  }
}

/** At most once per frame, however many changes arrive. */
function paint() {
  if (painting) return
  painting = true
  requestAnimationFrame(() => {
    painting = false
    const id = tenantInPlace()
    if (known.overview === undefined || system === undefined) return
    paintLinks(id)
    if (id === undefined) view?.update(known.overview)
    else if (known.tenant?.tenant.id === decodeURIComponent(id)) view?.update(known.tenant)
  })
}

let painted = ''
function paintLinks(id) {
  const { tenants } = known.overview
  const print = JSON.stringify([id, tenants.map((tenant) => [tenant.id, tenant.name, tenant.messages])])
  if (print === painted) return
  painted = print
  const focused = nav.contains(document.activeElement) ? document.activeElement.getAttribute('href') : undefined
  nav.replaceChildren(tenantLinks(tenants, id))
  if (focused !== undefined) nav.querySelector(`a[href="${focused}"]`)?.focus()
}

addEventListener('hashchange', async () => {
  if (system === undefined) return enter()
  await show()
  main.focus()
})

signOut.addEventListener('click', async () => {
  await fetch('/console/session', { method: 'DELETE' })
  showSignIn()
})

void enter()
