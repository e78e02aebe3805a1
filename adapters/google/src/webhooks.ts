import { noWebhooks } from '@do/provider'

/** The Gemini API tells of finished batch jobs only, which are none of the interface: whatever comes is somebody else's. */
export const webhooks = noWebhooks
