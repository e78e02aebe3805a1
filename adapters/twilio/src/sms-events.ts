import type { DriverContext, WebhookRequest } from '@do/provider'
import { consentIn, type SmsEvent } from '@do/sms'
import { failureOf, statusOf } from './message-status.ts'
import type { TwilioOptions } from './options.ts'
import { verify } from './webhooks.ts'

/** https://www.twilio.com/docs/messaging/guides/webhook-request */
export const smsEvents =
  (options: TwilioOptions) =>
  async (request: WebhookRequest, context: Pick<DriverContext, 'handle'>): Promise<readonly SmsEvent[]> => {
    const { fields, query, digest, raw } = await verify(request, options)
    const sid = fields.get('MessageSid') ?? fields.get('SmsSid')
    const status = fields.get('MessageStatus')
    const vendorCode = fields.get('ErrorCode') || undefined
    if (sid !== null && status !== null) {
      return [
        {
          type: 'message.status',
          eventId: `${sid}.${status}`,
          message: context.handle(sid),
          status: statusOf(status),
          failure: failureOf(status, vendorCode),
          vendorCode,
          to: fields.get('To') ?? undefined,
          from: fields.get('From') ?? undefined,
          reference: query.get('do_ref') ?? undefined,
          raw,
        },
      ]
    }
    const body = fields.get('Body')
    if (sid !== null && body !== null && fields.get('SmsStatus') === 'received') {
      const media = Array.from(
        { length: Number(fields.get('NumMedia') ?? 0) },
        (_, index) => fields.get(`MediaUrl${index}`) ?? '',
      )
      return [
        {
          type: 'message.received',
          eventId: `${sid}.received`,
          message: context.handle(sid),
          from: fields.get('From') ?? '',
          to: fields.get('To') ?? '',
          body,
          media: media.length === 0 ? undefined : media,
          consent: consent(fields.get('OptOutType')) ?? consentIn(body),
          raw,
        },
      ]
    }
    return [{ type: 'unknown', eventId: `unknown.${await digest()}`, raw }]
  }

/** With Advanced Opt-Out the account has keywords of its own, and Twilio says which one it was. */
function consent(type: string | null): 'stop' | 'start' | undefined {
  return type === 'STOP' ? 'stop' : type === 'START' ? 'start' : undefined
}
