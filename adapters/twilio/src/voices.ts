import { refuse } from '@do/provider'
import type { FlowStep } from '@do/telephony'

/**
 * Languages of <Say>, those first that a language without a region means, with a woman's and a man's voice where Twilio has
 * a plain one: beyond English a voice there is a person, who speaks one language.
 * https://www.twilio.com/docs/voice/twiml/say/text-speech
 */
const spoken =
  'en-US:Joanna:Matthew en-GB:Amy:Brian en-AU:Nicole:Russell de-DE:Marlene:Hans es-ES:Conchita:Enrique es-US:Penelope:Miguel ' +
  'fr-FR:Celine:Mathieu is-IS:Dora:Karl it-IT:Carla:Giorgio ja-JP:Mizuki:Takumi nl-NL:Lotte:Ruben pl-PL:Ewa:Jacek ' +
  'pt-BR:Vitoria:Ricardo pt-PT:Ines:Cristiano ru-RU:Tatyana:Maxim ' +
  'af-ZA am-ET ar-AE bg-BG bn-IN ca-ES cs-CZ cy-GB da-DK de-AT el-GR en-CA en-IE en-IN en-NZ en-ZA es-MX fi-FI fr-BE fr-CA ' +
  'gu-IN he-IL hi-IN hu-HU id-ID kn-IN ko-KR lv-LV ml-IN mr-IN ms-MY nb-NO nl-BE pa-IN ro-RO sk-SK sr-RS sv-SE ta-IN te-IN ' +
  'th-TH tr-TR uk-UA vi-VN zh-CN zh-HK zh-TW'

type Say = Extract<FlowStep, { verb: 'say' }>

/** The attributes of <Say>. @throws ProviderError `unsupported` for a language or voice that Twilio does not have. */
export function speech({ language, voice }: Pick<Say, 'language' | 'voice'>): {
  readonly voice?: string
  readonly language?: string
} {
  const sex = voice === undefined ? 0 : voice === 'female' ? 1 : 2
  if (language === undefined) return sex === 0 ? {} : { voice: sex === 1 ? 'woman' : 'man' }
  const found = spoken
    .split(' ')
    .find((entry) => entry.startsWith(language))
    ?.split(':')
  if (found === undefined) throw unsupported(`does not speak "${language}"`)
  if (sex === 0) return { language: found[0] as string }
  if (found[sex] === undefined) throw unsupported(`has no ${voice} voice for "${language}". Leave out "voice"`)
  return { voice: `Polly.${found[sex]}`, language: found[0] as string }
}

function unsupported(what: string) {
  return refuse('unsupported', `Twilio ${what}.`, { field: 'flow', elsewhere: true })
}
