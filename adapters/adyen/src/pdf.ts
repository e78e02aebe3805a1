const perLine = 95
const perPage = 54

/** Lines as a plain PDF of A4 pages, in Helvetica and Latin-1: Adyen takes evidence as PDF, JPG or TIFF only. */
export function pdf(lines: readonly string[]): Uint8Array<ArrayBuffer> {
  const wrapped = lines.flatMap((line) => line.replaceAll('\t', ' ').match(new RegExp(`.{1,${perLine}}`, 'g')) ?? [''])
  const pages: string[][] = []
  for (let at = 0; at < Math.max(1, wrapped.length); at += perPage) pages.push(wrapped.slice(at, at + perPage))
  const show = (line: string) => `(${line.replace(/[\\()]/g, '\\$&')}) Tj T*`
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${pages.map((_, index) => `${4 + 2 * index} 0 R`).join(' ')}] /Count ${pages.length} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
    ...pages.flatMap((page, index) => {
      const content = `BT /F1 10 Tf 14 TL 50 790 Td ${page.map(show).join('\n')} ET`
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents ${5 + 2 * index} 0 R >>`,
        `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
      ]
    }),
  ]
  let text = '%PDF-1.4\n'
  const offsets = objects.map((object, index) => {
    const offset = text.length
    text += `${index + 1} 0 obj\n${object}\nendobj\n`
    return offset
  })
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}
