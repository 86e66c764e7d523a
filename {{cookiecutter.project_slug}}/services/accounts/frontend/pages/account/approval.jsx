import { t } from '@portal/i18n'
import { api } from '@portal/sdk'
import { Field, Notice } from '@portal/ui'
import { ValidationFailed } from '../../allauth.js'
import { explainCode } from '../../forms/CodeField.jsx'
import { Form, FormProblem } from '../../forms/Form.jsx'

/** Say why a second factor is not set up. @param {import('../../allauth.js').FieldError} fieldError */
export const explainSetup = (fieldError) =>
  fieldError.code === 'second_factor_not_allowed'
    ? t`Your account needs approval before you can set up a second factor. Ask another maintainer to allow it in /admin/ and to give you the code, or the operator for a new link.`
    : explainCode(fieldError)

/**
 * Why a second factor cannot be set up, and the form for the code that a maintainer gave, where that is missing.
 * @param {{error: any, onDone: () => void}} props
 */
export function SetupProblem({ error, onDone }) {
  if (!(error instanceof ValidationFailed)) return <FormProblem error={error} />
  const needsApproval = error.fieldErrors.some(({ code }) => code === 'second_factor_not_allowed')
  return (
    <>
      <Notice kind="error">
        {error.fieldErrors.map((fieldError) => explainSetup(fieldError) ?? fieldError.message).join(' ')}
      </Notice>
      {needsApproval && <Approval onDone={onDone} />}
    </>
  )
}

/** The form for the code that a maintainer got when they allowed this. @param {{onDone: () => void}} props */
function Approval({ onDone }) {
  async function send({ approval }) {
    try {
      await api('/api/accounts/second-factor-approval/', { body: { code: approval } })
    } catch (error) {
      if (error.status !== 400) throw error
      throw new ValidationFailed([
        {
          param: 'approval',
          code: 'wrong_approval',
          message: t`This code is wrong, used or expired. Ask for a new one after five tries.`,
        },
      ])
    }
    onDone()
  }
  return (
    <Form send={send} submit={t`Continue`}>
      {(fieldError) => (
        <Field
          label={t`Approval code`}
          name="approval"
          required
          maxLength={40}
          autoComplete="off"
          spellCheck={false}
          help={t`What the maintainer gave you, such as 7KQM-X2RD.`}
          error={fieldError('approval')}
        />
      )}
    </Form>
  )
}
