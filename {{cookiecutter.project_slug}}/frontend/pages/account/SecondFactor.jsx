import { Plural, Trans, t } from '@portal/i18n'
import { useEffect, useRef, useState } from 'react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Notice, Time } from '../../kit/index.js'
import { Refused, askAsPerson } from '../allauth.js'
import { CodeField, codeOf } from '../parts/CodeField.jsx'
import { Form, FormProblem } from '../parts/Form.jsx'
import { useReauthentication } from '../parts/Reauthentication.jsx'
import { QrCode } from './QrCode.jsx'
import { Section } from './Section.jsx'
import { moment } from './moment.js'

export const LIST = 'account/authenticators'
const TOTP = 'account/authenticators/totp'
const RECOVERY = 'account/authenticators/recovery-codes'

/** A code from the person's phone besides the password, and codes on paper for the day when the phone is lost. */
export function SecondFactor() {
  const client = useQueryClient()
  const withReauthentication = useReauthentication()
  const [codes, setCodes] = useState(null)
  const query = useQuery({ queryKey: [LIST], queryFn: ({ signal }) => askAsPerson(LIST, { signal }) })
  const changed = () => client.invalidateQueries({ queryKey: [LIST] })

  const show = useMutation({
    /** @param {'GET' | 'POST'} method looks at them, or makes new ones */
    mutationFn: (method) =>
      withReauthentication(() => askAsPerson(RECOVERY, method === 'POST' ? { body: {} } : undefined)),
    onSuccess: ({ data }) => {
      setCodes(data?.unused_codes ?? [])
      return changed()
    },
  })

  async function turnedOn() {
    await changed()
    show.mutate('GET')
  }

  return (
    <Section
      title={t`Second factor`}
      hint={t`Whoever learns your password cannot sign in without your phone as well.`}
      query={query}
    >
      {({ data }) => {
        const totp = data.find(({ type }) => type === 'totp')
        const recovery = data.find(({ type }) => type === 'recovery_codes')
        return (
          <>
            {totp ? (
              <p>
                <strong className="state" data-good>{t`On`}</strong>{' '}
                <span className="hint">
                  <Trans>
                    since <Time value={moment(totp.created_at)} />
                  </Trans>
                </span>
              </p>
            ) : (
              <TurnOn onDone={turnedOn} />
            )}
            {recovery && (
              <p className="hint">
                <Plural
                  value={recovery.unused_code_count}
                  one="# recovery code is left."
                  other="# recovery codes are left."
                />
              </p>
            )}
            {codes && <RecoveryCodes codes={codes} onClose={() => setCodes(null)} />}
            <FormProblem error={show.error} />
            {totp && (
              <div className="row">
                {recovery && !codes && (
                  <Button
                    busy={show.isPending}
                    onClick={() => show.mutate('GET')}
                  >{t`Show recovery codes`}</Button>
                )}
                <Button
                  busy={show.isPending}
                  onClick={() => show.mutate('POST')}
                >{t`Make new recovery codes`}</Button>
                <TurnOff
                  onDone={() => {
                    setCodes(null)
                    return changed()
                  }}
                />
              </div>
            )}
          </>
        )
      }}
    </Section>
  )
}

/** @param {{onDone: () => Promise<void>}} props */
function TurnOn({ onDone }) {
  const withReauthentication = useReauthentication()
  // Asked for once: each time, the server makes another key, and forgets the one before.
  const begin = useMutation({ mutationFn: () => withReauthentication(() => askAsPerson(TOTP)) }) // 404: there is none yet, and here is a key
  const key = begin.data?.meta

  async function send({ code }) {
    await withReauthentication(() => askAsPerson(TOTP, { body: { code: codeOf(code) } }))
    await onDone()
  }

  if (!key?.secret) {
    return (
      <>
        <p>
          <strong className="state">{t`Off`}</strong>
        </p>
        <FormProblem error={begin.error} />
        {begin.error instanceof Refused && <Notice kind="bad">{begin.error.message}</Notice>}
        <p>
          <Button busy={begin.isPending} onClick={() => begin.mutate()}>{t`Set it up`}</Button>
        </p>
      </>
    )
  }
  return (
    <>
      <p>{t`Take a photo of this picture with an authenticator app: any that shows six digits will do.`}</p>
      <div className="key">
        <QrCode value={key.totp_url} />
        <div className="stack">
          <p>
            {t`Or type this key into it:`} <code className="secret">{groups(key.secret)}</code>
          </p>
          <p className="hint">
            <a href={key.totp_url}>{t`Open the app on this device`}</a>
          </p>
        </div>
      </div>
      <Form
        send={send}
        submit={t`Turn it on`}
        actions={<Button kind="quiet" onClick={() => begin.reset()}>{t`Cancel`}</Button>}
        explain={({ code }) =>
          code === 'incorrect_code' ? t`This code is not right, or no longer. Take the next one.` : undefined
        }
      >
        {(fieldError) => (
          <CodeField error={fieldError('code')} help={t`The six digits that the app shows now.`} />
        )}
      </Form>
    </>
  )
}

/** @param {{onDone: () => Promise<void>}} props */
function TurnOff({ onDone }) {
  const withReauthentication = useReauthentication()
  const [sure, setSure] = useState(false)
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => withReauthentication(() => askAsPerson(TOTP, { method: 'DELETE' })),
    onSuccess: onDone,
  })
  if (!sure) return <Button kind="quiet" onClick={() => setSure(true)}>{t`Turn it off`}</Button>
  return (
    <>
      <Button
        autoFocus
        busy={isPending}
        onClick={() => mutate()}
      >{t`Yes, the password alone is enough`}</Button>
      <Button kind="quiet" onClick={() => setSure(false)}>{t`Keep it on`}</Button>
      <FormProblem error={error} />
    </>
  )
}

/** @param {{codes: string[], onClose: () => void}} props */
function RecoveryCodes({ codes, onClose }) {
  const [copied, setCopied] = useState(false)
  /** @type {import('react').RefObject<HTMLHeadingElement | null>} */
  const heading = useRef(null)
  useEffect(() => heading.current.focus(), [])
  return (
    <div className="recovery stack">
      <div className="section-header">
        <h3 ref={heading} tabIndex={-1}>{t`Your recovery codes`}</h3>
        <p className="hint">
          {codes.length > 0
            ? t`Each of them opens the door once, when your phone is lost. Keep them on paper, or where you keep passwords.`
            : t`They were shown once and are not shown again. Make new ones when you have lost them.`}
        </p>
      </div>
      <ul role="list" className="codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className="row">
        {codes.length > 0 && (
          <Button
            onClick={async () => {
              await navigator.clipboard.writeText(codes.join('\n'))
              setCopied(true)
            }}
          >
            {t`Copy`}
          </Button>
        )}
        <Button kind="quiet" onClick={onClose}>{t`I have them`}</Button>
        <span role="status" className="hint">
          {copied && t`Copied`}
        </span>
      </div>
    </div>
  )
}

/** "JBSWY3DPEHPK3PXP" in groups of four, as people read and type it. */
export const groups = (secret) => secret.match(/.{1,4}/g).join(' ')
