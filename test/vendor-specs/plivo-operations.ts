import type { ShapeOperation } from './correction.ts'

const account = '^/v1/Account/[^/]+/'
const one = (method: string, path: string, name: string, status: readonly number[], ...fixture: string[]): ShapeOperation => ({
  name,
  method,
  path: new RegExp(`${account}${path}$`),
  status,
  fixture: fixture.map((file) => `${file}Response`),
})
const query = '(\\?.*)?'

/** Plivo's operations by path, and whose fixture shows the answer. https://www.plivo.com/docs */
export const plivoOperations: readonly ShapeOperation[] = [
  one('POST', 'Message/', 'messageSend', [202], 'messageSend'),
  one('GET', `Message/${query}`, 'messageList', [200], 'messageList'),
  one('GET', `Message/[^/]+/${query}`, 'messageGet', [200], 'messageGet'),
  one('GET', `Message/[^/]+/Media/${query}`, 'messageListMedia', [200], 'messageListMedia'),
  one('GET', `PhoneNumber/${query}`, 'phoneNumberList', [200], 'phoneNumberList'),
  one('POST', 'PhoneNumber/[^/]+/', 'phoneNumberCreate', [201], 'phoneNumberCreate'),
  one('GET', `Number/${query}`, 'numberList', [200], 'numberList'),
  one('GET', `Number/[^/]+/${query}`, 'numberGet', [200], 'numberGet'),
  one('POST', 'Number/[^/]+/', 'numberUpdate', [202], 'numberUpdate'),
  one('DELETE', 'Number/[^/]+/', 'numberDelete', [204]),
  one('GET', `Application/${query}`, 'applicationList', [200], 'applicationList'),
  one('GET', `Application/[^/]+/${query}`, 'applicationGet', [200], 'applicationGet'),
  one('POST', 'Application/', 'applicationCreate', [201], 'applicationCreate'),
  one('POST', 'Application/[^/]+/', 'applicationModify', [202], 'applicationModify'),
  one('DELETE', 'Application/[^/]+/', 'applicationDelete', [204]),
  one('POST', 'Call/', 'callCreate', [201], 'callCreate'),
  one('GET', 'Call/\\?(.*&)?status=(live|queued)(&.*)?', 'liveCallList', [200], 'liveCallListGet'),
  one('GET', `Call/${query}`, 'callList', [200], 'callList'),
  one('GET', 'Call/[^/?]+/?\\?(.*&)?status=(live|queued)(&.*)?', 'liveCallGet', [200], 'liveCallGet'),
  one('GET', `Call/[^/?]+/${query}`, 'callGet', [200], 'callGet'),
  one('POST', 'Call/[^/]+/', 'callUpdate', [202], 'callUpdate'),
  one('DELETE', 'Call/[^/]+/', 'callHangup', [204]),
  one('DELETE', 'Request/[^/]+/', 'callCancel', [204]),
  one('POST', 'Call/[^/]+/Record/', 'liveCallRecordCreate', [202], 'liveCallRecordCreate'),
  one('GET', `Recording/${query}`, 'recordingList', [200], 'recordingList'),
  one('GET', `Recording/[^/]+/${query}`, 'recordingGet', [200], 'recordingGet'),
]
