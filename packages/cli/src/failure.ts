/** Something the user can put right. The text says what was wrong and what to do; no stack is shown. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly code: string
  /** 2 when the command was called wrongly, 1 when it could not do its work. */
  readonly exitCode: 1 | 2

  constructor(code: string, message: string, exitCode: 1 | 2 = 1) {
    super(message)
    this.code = code
    this.exitCode = exitCode
  }
}
