export interface Near {
  readonly n: number
  readonly score: number
}

/** Keeps the best `size` of all that it is shown: a heap with the worst kept one on top. Of equals the smaller `n` wins. */
export function nearest(size: number) {
  const heap: Near[] = []
  const worse = (a: Near, b: Near) => a.score < b.score || (a.score === b.score && a.n > b.n)
  const at = (index: number) => heap[index] as Near

  const sinkTop = () => {
    let index = 0
    for (;;) {
      let smallest = index
      for (const child of [2 * index + 1, 2 * index + 2])
        if (child < heap.length && worse(at(child), at(smallest))) smallest = child
      if (smallest === index) return
      const moved = at(index)
      heap[index] = at(smallest)
      heap[smallest] = moved
      index = smallest
    }
  }
  const riseLast = () => {
    let index = heap.length - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!worse(at(index), at(parent))) return
      const moved = at(index)
      heap[index] = at(parent)
      heap[parent] = moved
      index = parent
    }
  }
  return {
    offer: (n: number, score: number) => {
      if (heap.length < size) {
        heap.push({ n, score })
        riseLast()
        return
      }
      const top = at(0)
      if (score < top.score || (score === top.score && n > top.n)) return
      heap[0] = { n, score }
      sinkTop()
    },
    /** The best first. */
    take: () => heap.toSorted((a, b) => (worse(a, b) ? 1 : -1)),
  }
}
