/** Cloudflare sends none about models: there is nothing to receive. */
export { noWebhooks as webhooks } from '@do/provider'
