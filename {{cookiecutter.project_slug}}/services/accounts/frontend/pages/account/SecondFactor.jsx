import { Plural, Trans, t } from '@portal/i18n'
import { useEffect, useMutation, useQuery, useQueryClient, useRef, useState } from '@portal/sdk'
import { Button, Notice, Time } from '@portal/ui'
import { ValidationFailed, requestSignedIn } from '../../allauth.js'
import { CodeField, cleanCode, explainCode } from '../../forms/CodeField.jsx'
import { Form, FormProblem } from '../../forms/Form.jsx'
import { useReauthentication } from '../../forms/Reauthentication.jsx'
import { QrCode } from './QrCode.jsx'
import { Section } from './Section.jsx'
import { isoTime } from './isoTime.js'

export const AUTHENTICATORS = 'account/authenticators'
const TOTP = 'account/authenticators/totp'
const RECOVERY_CODES = 'account/authenticators/recovery-codes'

/** Codes from an authenticator app in addition to the password, and recovery codes for when the phone is lost. */
export function SecondFactor() {
  const client = useQueryClient()
  const withReauthentication = useReauthentication()
  const [codes, setCodes] = useState(null)
  const query = useQuery({
    queryKey: [AUTHENTICATORS],
    queryFn: ({ signal }) => requestSignedIn(AUTHENTICATORS, { signal }),
  })
  const refresh = () => client.invalidateQueries({ queryKey: [AUTHENTICATORS] })

  const recoveryCodes = useMutation({
    /** @param {'GET' | 'POST'} method GET shows the codes, POST creates new ones */
    mutationFn: (method) =>
      withReauthentication(() =>
        requestSignedIn(RECOVERY_CODES, method === 'POST' ? { body: {} } : undefined),
      ),
    onSuccess: ({ data }) => {
      setCodes(data?.unused_codes ?? [])
      return refresh()
    },
  })

  async function onTurnedOn() {
    await refresh()
    recoveryCodes.mutate('GET')
  }

  return (
    <Section
      title={t`Second factor`}
      help={t`Even someone who knows your password can't sign in without your phone.`}
      query={query}
    >
      {({ data }) => {
        const totp = data.find(({ type }) => type === 'totp')
        const recovery = data.find(({ type }) => type === 'recovery_codes')
        return (
          <>
            {totp ? (
              <p>
                <strong className="badge" data-success>{t`On`}</strong>{' '}
                <span className="help">
                  <Trans>
                    since <Time value={isoTime(totp.created_at)} />
                  </Trans>
                </span>
              </p>
            ) : (
              <TurnOn onDone={onTurnedOn} />
            )}
            {recovery && (
              <p className="help">
                <Plural
                  value={recovery.unused_code_count}
                  one="You have # recovery code left."
                  other="You have # recovery codes left."
                />
              </p>
            )}
            {codes && <RecoveryCodes codes={codes} onClose={() => setCodes(null)} />}
            <FormProblem error={recoveryCodes.error} />
            {totp && (
              <div className="row">
                {recovery && !codes && (
                  <Button
                    busy={recoveryCodes.isPending}
                    onClick={() => recoveryCodes.mutate('GET')}
                  >{t`Show recovery codes`}</Button>
                )}
                <Button
                  busy={recoveryCodes.isPending}
                  onClick={() => recoveryCodes.mutate('POST')}
                >{t`Create new recovery codes`}</Button>
                <TurnOff
                  onDone={() => {
                    setCodes(null)
                    return refresh()
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

/** Say why a second factor is not set up. @param {import('../../allauth.js').FieldError} fieldError */
const explainSetup = (fieldError) =>
  fieldError.code === 'second_factor_not_allowed'
    ? t`Your account needs approval before you can set up a second factor. Ask another maintainer to allow it in /admin/, or the operator for a new link.`
    : explainCode(fieldError)

/** @param {{onDone: () => Promise<void>}} props */
function TurnOn({ onDone }) {
  const withReauthentication = useReauthentication()
  // A mutation, so that it runs once: each request makes the server create a new key. The answer has status 404 and contains the key.
  const start = useMutation({ mutationFn: () => withReauthentication(() => requestSignedIn(TOTP)) })
  const key = start.data?.meta

  async function send({ code }) {
    await withReauthentication(() => requestSignedIn(TOTP, { body: { code: cleanCode(code) } }))
    await onDone()
  }

  if (!key?.secret) {
    return (
      <>
        <p>
          <strong className="badge">{t`Off`}</strong>
        </p>
        <FormProblem error={start.error} />
        {start.error instanceof ValidationFailed && (
          <Notice kind="error">
            {start.error.fieldErrors.map((error) => explainSetup(error) ?? error.message).join(' ')}
          </Notice>
        )}
        <p>
          <Button busy={start.isPending} onClick={() => start.mutate()}>{t`Set up`}</Button>
        </p>
      </>
    )
  }
  return (
    <>
      <p>{t`Scan this QR code with an authenticator app. Any app for six-digit codes works.`}</p>
      <div className="totp-key">
        <QrCode value={key.totp_url} />
        <div className="stack">
          <p>
            {t`Or type this key into the app:`} <code className="secret">{inGroups(key.secret)}</code>
          </p>
          <p className="help">
            <a href={key.totp_url}>{t`Open the app on this device`}</a>
          </p>
        </div>
      </div>
      <Form
        send={send}
        submit={t`Turn on`}
        actions={<Button kind="quiet" onClick={() => start.reset()}>{t`Cancel`}</Button>}
        explain={explainSetup}
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
  const [isAsking, setIsAsking] = useState(false)
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => withReauthentication(() => requestSignedIn(TOTP, { method: 'DELETE' })),
    onSuccess: onDone,
  })
  if (!isAsking) return <Button kind="quiet" onClick={() => setIsAsking(true)}>{t`Turn off`}</Button>
  return (
    <>
      <Button autoFocus busy={isPending} onClick={() => mutate()}>{t`Yes, turn it off`}</Button>
      <Button kind="quiet" onClick={() => setIsAsking(false)}>{t`Keep it on`}</Button>
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
        <p className="help">
          {codes.length > 0
            ? t`Use a recovery code to sign in when you don't have your phone. Each code works once. Keep them in a safe place.`
            : t`Your recovery codes were shown once and can't be shown again. If you have lost them, create new ones.`}
        </p>
      </div>
      <ul role="list" className="recovery-codes">
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
        <Button kind="quiet" onClick={onClose}>{t`Done`}</Button>
        <span role="status" className="help">
          {copied && t`Copied`}
        </span>
      </div>
    </div>
  )
}

/** Split a key into groups of four characters, which are easier to read: "JBSW Y3DP EHPK 3PXP". @param {string} secret */
export const inGroups = (secret) => secret.match(/.{1,4}/g).join(' ')
