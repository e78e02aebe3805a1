export { createWriter, type Writer, type WriterOptions } from './writer.ts'
