/** Anthropic tells of messages in the answer itself: there is nothing to receive. */
export { noWebhooks as webhooks } from '@do/provider'
