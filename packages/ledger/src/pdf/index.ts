// Reports as PDF, for people who print and sign. Apart from the rest, since it brings a PDF library with it.
export { type PdfOptions, reportPdf } from './report-pdf.ts'
