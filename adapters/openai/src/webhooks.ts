/** OpenAI's webhooks tell of batches and background jobs, which the interface does not have: there is nothing to receive. */
export { noWebhooks as webhooks } from '@do/provider'
