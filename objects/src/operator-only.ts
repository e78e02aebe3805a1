import { type Middleware, problem } from '@do/core/full'
import type { Environment } from './environment.ts'
import { bearer, isOperator } from './tokens.ts'

/** How the operator is called, in calls and in the audit log. */
export const operator = { id: 'operator', scopes: ['operator'] } as const

/** Nobody but the operator comes further, whether the path exists or not. */
export function operatorOnly(env: Environment): Middleware {
  return async (context, next) => {
    const token = bearer(context.request)
    if (token === undefined || !(await isOperator(token, env.OPERATOR_TOKEN))) {
      throw problem(401, 'unauthorized', 'This is for the operator. Send the operator token as bearer.', {
        headers: { 'www-authenticate': 'Bearer' },
      })
    }
    context.vars.principal = operator
    return next()
  }
}
