import { h } from './dom.js'
import { apply, known, load } from './store.js'
import { overviewView, signInView, tenantLinks, tenantView } from './views.js'

const main = document.getElementById('main')
const nav = document.getElementById('tenants')
const connection = document.getElementById('connection')
const announcer = document.getElementById('announcer')
const signOut = document.getElementById('sign-out')

let view
let stream
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
  const answer = await fetch('/console/session')
  const { signedIn } = answer.ok ? await answer.json() : { signedIn: false }
  if (signedIn) await start()
  else showSignIn()
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
  stream?.close()
  stream = undefined
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
  await show()
  listen()
}

/** One stream for everything. The browser reconnects by itself; what was missed meanwhile is read again once. */
function listen() {
  stream = new EventSource('/console/api/events')
  stream.addEventListener('open', () => {
    say('live', 'Live')
    void refresh()
  })
  stream.addEventListener('error', async () => {
    say('lost', 'Connection lost, trying again…')
    if (stream?.readyState !== EventSource.CLOSED) return
    // Closed for good: the session has ended, or the server is restarting.
    const answer = await fetch('/console/session').catch(() => undefined)
    if (answer?.ok && !(await answer.json()).signedIn) return showSignIn('The session has ended. Sign in again.')
    setTimeout(listen, 2_000)
  })
  stream.addEventListener('change', (event) => {
    const change = JSON.parse(event.data)
    apply(change, tenantInPlace())
    announce(change)
    paint()
  })
}

function say(state, text) {
  connection.dataset.state = state
  connection.textContent = text
}

function announce({ tenant, kind, record }) {
  if (kind === 'message') announcer.textContent = `${tenant}: message ${record.direction}, ${record.status}`
  if (kind === 'call') announcer.textContent = `${tenant}: call ${record.direction}, ${record.status}`
}

async function show() {
  const id = tenantInPlace()
  view = id === undefined ? overviewView() : tenantView(id)
  document.title = `${view.title} · Console`
  await refresh()
  if (view !== undefined) main.replaceChildren(view.element)
}

async function refresh() {
  const id = tenantInPlace()
  try {
    await load(id)
    paint()
  } catch (error) {
    if (error.status === 401) return showSignIn('The session has ended. Sign in again.')
    const text =
      error.status === 404 ? `There is no tenant "${id}".` : 'The data could not be read. Reload the page to try again.'
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
    paintLinks(id)
    if (id === undefined) view?.update(known.tenants)
    else if (known.tenant !== undefined) view?.update(known.tenant)
  })
}

let painted = ''
function paintLinks(id) {
  const print = JSON.stringify([id, known.tenants.map((tenant) => [tenant.id, tenant.name, tenant.messages])])
  if (print === painted) return
  painted = print
  const focused = nav.contains(document.activeElement) ? document.activeElement.getAttribute('href') : undefined
  nav.replaceChildren(tenantLinks(known.tenants, id))
  if (focused !== undefined) nav.querySelector(`a[href="${focused}"]`)?.focus()
}

addEventListener('hashchange', async () => {
  if (stream === undefined) return enter()
  await show()
  main.focus()
})

signOut.addEventListener('click', async () => {
  await fetch('/console/session', { method: 'DELETE' })
  showSignIn()
})

void enter()
