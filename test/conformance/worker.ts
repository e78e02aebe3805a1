import { vendors } from './rows.ts'

/** One row of the matrix inside workerd, `/<vendor>/<row>`: adapters, SDKs, wrappers and twins all run in this Worker. */
export default {
  async fetch(request: Request): Promise<Response> {
    const [, name, index] = new URL(request.url).pathname.split('/')
    const row = vendors.find((vendor) => vendor.name === name)?.rows()[Number(index)]
    if (row === undefined) return Response.json({ runtime: navigator.userAgent })
    return Response.json(await row.run())
  },
}
