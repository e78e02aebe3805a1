import type { PaymentsTwin } from '../payments-twin.ts'
import type { Twin } from '../twin.ts'

const day = 86_400_000

/** Two accounts that move money, as one: sums over both, and each thing at whoever has it. */
export function paymentsPair(first: PaymentsTwin, second: PaymentsTwin): Omit<PaymentsTwin, keyof Twin> {
  const both = [first, second]
  const owner = (things: (twin: PaymentsTwin) => readonly { readonly id: string }[], id: string) =>
    both.find((twin) => things(twin).some((thing) => thing.id === id)) ?? first
  const payer = (id: string) => owner((twin) => twin.payments(), id)
  /** The contract does not list these things: who does not know one says so, and has done nothing. */
  const whoever = async <T>(run: (twin: PaymentsTwin) => Promise<T>): Promise<T> => {
    try {
      return await run(first)
    } catch {
      return run(second)
    }
  }
  return {
    currencies: first.currencies,
    methods: first.methods,
    payments: () => both.flatMap((twin) => twin.payments()).sort((a, b) => a.at - b.at),
    refunds: () => both.flatMap((twin) => twin.refunds()),
    transfers: () => both.flatMap((twin) => twin.transfers()),
    payouts: () => both.flatMap((twin) => twin.payouts()),
    count: (what) => first.count(what) + second.count(what),
    balance: (account) => sum(both.map((twin) => twin.balance(account))),
    authenticate: (payment, how) => payer(payment).authenticate(payment, how),
    settle: (payment, how) => payer(payment).settle(payment, how),
    visit: (checkout, how) => whoever((twin) => twin.visit(checkout, how)),
    async advance(milliseconds) {
      // Day by day, so that what the second does happens at its time, too.
      for (let left = milliseconds; ; left -= day) {
        await first.advance(Math.min(left, day))
        await second.advance(0)
        if (left <= day) return
      }
    },
    dispute: (payment, how) => payer(payment).dispute(payment, how),
    decideDispute: (dispute, how) => whoever((twin) => twin.decideDispute(dispute, how)),
    bank: (payout, says) => owner((twin) => twin.payouts(), payout).bank(payout, says),
    payoutBySchedule: async () => (await first.payoutBySchedule()) ?? second.payoutBySchedule(),
    onboard: (account, how) => whoever((twin) => twin.onboard(account, how)),
    refundOutside: (payment, amount) => payer(payment).refundOutside(payment, amount),
    unknownEvent: () => first.unknownEvent(),
    holdWebhooks: (hold) => both.forEach((twin) => void twin.holdWebhooks(hold)),
    async releaseWebhooks(pick) {
      await first.releaseWebhooks(pick)
      await second.releaseWebhooks(pick)
    },
  }
}

type Sums = ReadonlyMap<string, { readonly available: bigint; readonly pending: bigint }>

function sum(balances: readonly Sums[]): Sums {
  const total = new Map<string, { available: bigint; pending: bigint }>()
  for (const [currency, { available, pending }] of balances.flatMap((balance) => [...balance])) {
    const so = total.get(currency) ?? { available: 0n, pending: 0n }
    total.set(currency, { available: so.available + available, pending: so.pending + pending })
  }
  return total
}
