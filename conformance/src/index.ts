export { describeConformance } from './describe.ts'
export * from './main.ts'
