import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Stored {
  readonly body: Buffer
  readonly etag: string
  readonly at: Date
}

export interface Bucket {
  readonly url: string
  readonly objects: ReadonlyMap<string, Stored>
  close(): Promise<void>
}

/** As much of S3 as a cluster needs: GET, HEAD, PUT and DELETE with conditions, and lists. Signatures are not looked at. */
export async function openBucket(): Promise<Bucket> {
  const objects = new Map<string, Stored>()
  const server = createServer((request, response) => {
    // A process that is killed breaks off what it was sending: nothing of it is kept.
    answer(request, response, objects).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, objects: Map<string, Stored>): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://bucket')
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const [, , ...rest] = url.pathname.split('/').map(decodeURIComponent)
  const key = rest.join('/')
  const found = objects.get(key)
  if (request.method === 'GET' && url.searchParams.has('list-type')) return list(url, response, objects)
  if (!holds(request, found)) return void response.writeHead(request.method === 'GET' ? 304 : 412).end()
  if (request.method === 'PUT') {
    const body = plain(Buffer.concat(chunks), request)
    const stored = { body, etag: `"${createHash('md5').update(body).digest('hex')}"`, at: new Date() }
    objects.set(key, stored)
    response.writeHead(200, { etag: stored.etag }).end()
  } else if (request.method === 'DELETE') {
    objects.delete(key)
    response.writeHead(204).end()
  } else if (found === undefined) response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>')
  else read(request, response, found)
}

/** If-Match and If-None-Match: by these alone two processes never both own an object. */
function holds({ headers }: IncomingMessage, found: Stored | undefined): boolean {
  const match = headers['if-match']
  const none = headers['if-none-match']
  if (match !== undefined && match !== found?.etag && !(match === '*' && found !== undefined)) return false
  return none === undefined || (none === '*' ? found === undefined : none !== found?.etag)
}

function read({ headers, method }: IncomingMessage, response: ServerResponse, { body, etag, at }: Stored): void {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? '') ?? []
  const start = from === undefined ? 0 : from === '' ? Math.max(0, body.length - Number(to)) : Number(from)
  const end = to === undefined || to === '' || from === '' ? body.length : Math.min(Number(to) + 1, body.length)
  const part = body.subarray(start, end)
  response.writeHead(headers.range === undefined ? 200 : 206, {
    etag,
    'last-modified': at.toUTCString(),
    'content-length': part.length,
    ...(headers.range === undefined ? {} : { 'content-range': `bytes ${start}-${end - 1}/${body.length}` }),
  })
  response.end(method === 'HEAD' ? undefined : part)
}

/** A body sent in signed chunks: `size;chunk-signature=…`. */
function plain(body: Buffer, { headers }: IncomingMessage): Buffer {
  if (!(headers['content-encoding'] ?? '').includes('aws-chunked')) return body
  const parts: Buffer[] = []
  for (let at = 0; ; ) {
    const line = body.indexOf('\r\n', at)
    const size = Number.parseInt(body.subarray(at, line).toString(), 16)
    if (!(size > 0)) return Buffer.concat(parts)
    parts.push(body.subarray(line + 2, line + 2 + size))
    at = line + 2 + size + 2
  }
}

function list(url: URL, response: ServerResponse, objects: ReadonlyMap<string, Stored>): void {
  const prefix = url.searchParams.get('prefix') ?? ''
  const delimiter = url.searchParams.get('delimiter')
  const after = url.searchParams.get('continuation-token') ?? url.searchParams.get('start-after') ?? ''
  const most = Number(url.searchParams.get('max-keys') ?? 1_000)
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort()
  const folders = new Set<string>()
  const plainKeys = keys.filter((key) => {
    const end = delimiter === null ? -1 : key.indexOf(delimiter, prefix.length)
    if (end === -1) return true
    folders.add(key.slice(0, end + 1))
    return false
  })
  const page = plainKeys.slice(0, most)
  const items = page.map((key) => {
    const { etag, body, at } = objects.get(key) as Stored
    const fields = `<Key>${escaped(key)}</Key><LastModified>${at.toISOString()}</LastModified><ETag>${escaped(etag)}</ETag>`
    return `<Contents>${fields}<Size>${body.length}</Size></Contents>`
  })
  const more = plainKeys.length > page.length
  const xml = [
    `<IsTruncated>${more}</IsTruncated><KeyCount>${page.length}</KeyCount>`,
    ...(more ? [`<NextContinuationToken>${escaped(page.at(-1) ?? '')}</NextContinuationToken>`] : []),
    ...items,
    ...[...folders].map((folder) => `<CommonPrefixes><Prefix>${escaped(folder)}</Prefix></CommonPrefixes>`),
  ].join('')
  response.writeHead(200, { 'content-type': 'application/xml' })
  response.end(`<?xml version="1.0" encoding="UTF-8"?><ListBucketResult>${xml}</ListBucketResult>`)
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
