/** So long others wait, in milliseconds: the platform may end a request at any moment, and with it what it has promised. */
const patienceMs = 100

/** Requests that were ended leave theirs behind: so many are remembered, the oldest go first. */
const most = 1_000

interface Flight {
  readonly since: number
  readonly landed: Promise<void>
}

/** Of many requests that need the same thing at once, one asks for it. */
export interface SingleFlight {
  /** Resolves when whoever asks for this has an answer of any kind, or has taken too long. Undefined where nobody asks. */
  landing(key: string): Promise<void> | undefined
  /** Asks, where others see it. */
  run<Answer>(key: string, ask: () => Promise<Answer>): Promise<Answer>
}

export function singleFlight(): SingleFlight {
  const flights = new Map<string, Flight>()
  return {
    landing(key) {
      const flight = flights.get(key)
      return flight === undefined || Date.now() - flight.since >= patienceMs ? undefined : within(flight.landed)
    },
    async run(key, ask) {
      const { promise: landed, resolve } = Promise.withResolvers<void>()
      const flight = { since: Date.now(), landed }
      flights.delete(key)
      flights.set(key, flight)
      if (flights.size > most) flights.delete(flights.keys().next().value as string)
      try {
        return await ask()
      } finally {
        if (flights.get(key) === flight) flights.delete(key)
        resolve()
      }
    },
  }
}

/** Each request with a timer of its own: those of another one end with it. */
async function within(landed: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<void>()
  const timer = setTimeout(late.resolve, patienceMs)
  await Promise.race([landed, late.promise])
  clearTimeout(timer)
}
