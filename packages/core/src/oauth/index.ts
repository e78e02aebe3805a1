export { createOAuth } from './oauth.ts'
export type { AccessToken, OAuth, OAuthClient, OAuthOptions, OAuthState, OAuthStatus, Whose } from './types.ts'
