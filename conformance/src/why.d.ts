/** Pages that say why a promise matters: a standard, a vendor's own page, or somebody's bad day. */
export declare const why: {
    readonly lostAnswer: 'https://aws.amazon.com/builders-library/making-retries-safe-with-idempotent-APIs/';
    readonly retries: 'https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/';
    readonly duplicate: 'https://github.com/twilio/twilio-ruby/issues/519';
    readonly keys: 'https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/';
    readonly statuses: 'https://www.rfc-editor.org/rfc/rfc9110#name-status-codes';
    readonly rateLimit: 'https://www.rfc-editor.org/rfc/rfc6585#section-4';
    readonly retryAfter: 'https://www.rfc-editor.org/rfc/rfc9110#name-retry-after';
    readonly abort: 'https://developer.mozilla.org/en-US/docs/Web/API/AbortSignal';
    readonly logging: 'https://cheatsheetseries.owasp.org/cheatsheets/Logging_Cheat_Sheet.html#data-to-exclude';
    readonly webhooks: 'https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md';
    readonly e164: 'https://www.itu.int/rec/T-REC-E.164';
    readonly gsm: 'https://en.wikipedia.org/wiki/GSM_03.38';
    readonly form: 'https://url.spec.whatwg.org/#application/x-www-form-urlencoded';
    readonly mms: 'https://www.twilio.com/docs/messaging/api/message-resource';
    readonly optOut: 'https://www.twilio.com/docs/api/errors/21610';
    readonly consent: 'https://www.ctia.org/the-wireless-industry/industry-commitments/messaging-interoperability-sms-mms';
    readonly paging: 'https://google.aip.dev/158';
    readonly handles: 'https://github.com/craftcms/commerce/issues/1032';
    readonly validation: 'https://www.rfc-editor.org/rfc/rfc9457';
    readonly capabilities: 'https://github.com/open-feature/spec/issues/423';
    readonly escape: 'https://gocloud.dev/concepts/as/';
    readonly voice: 'https://www.twilio.com/docs/voice/twiml';
    readonly numbers: 'https://developers.telnyx.com/docs/numbers/phone-numbers/number-orders';
    readonly clear: 'https://google.aip.dev/193';
};
